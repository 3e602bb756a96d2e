import Testing

/// Everything that starts processes, one test after another: each has the machine to itself.
@Suite(.serialized) struct `Offices as processes` {}

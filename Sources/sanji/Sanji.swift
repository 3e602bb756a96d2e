import ArgumentParser
@main struct Sanji: AsyncParsableCommand {}

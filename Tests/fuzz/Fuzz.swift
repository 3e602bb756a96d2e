import Foundation
import Fuzzing

#if SANJI_FUZZER

    // libFuzzer brings its own main; scripts/fuzz names the target.
    private let target = FuzzTarget(rawValue: ProcessInfo.processInfo.environment["SANJI_FUZZ_TARGET"] ?? "")!

    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
        do {
            try target.run([UInt8](UnsafeBufferPointer(start: data, count: count)))
        } catch let finding as FuzzFinding {
            fatalError("\(finding)")
        } catch {}
        return 0
    }

#else

    /// `fuzz TARGET FILE ...` reads what a fuzzer has found once more, without it.
    @main enum Fuzz {
        static func main() throws {
            guard let name = CommandLine.arguments.dropFirst().first, let target = FuzzTarget(rawValue: name) else {
                print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
                return
            }
            for file in CommandLine.arguments.dropFirst(2) {
                do {
                    try target.run([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
                    print("\(file): read")
                } catch {
                    print("\(file): \(error)")
                }
            }
        }
    }

#endif

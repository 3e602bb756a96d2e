import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Takes the jobs that a thread hands to the concurrency runtime's thread pool, for as long as a world runs on it; those of
/// all other threads go where they always go.
///
/// The runtime offers this seam as an exported variable of its library, `swift_task_enqueueGlobal_hook`.
enum ConcurrencyHook {
    private typealias Original = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

    /// Runs `body`; what it makes runnable goes to the scheduler.
    static func capture<T>(into scheduler: Scheduler, _ body: () -> T) -> T {
        _ = isInstalled
        let before = pthread_getspecific(key)
        pthread_setspecific(key, Unmanaged.passUnretained(scheduler).toOpaque())
        defer { pthread_setspecific(key, before) }
        return body()
    }

    static func isCaptured(by scheduler: Scheduler) -> Bool {
        pthread_getspecific(key) == Unmanaged.passUnretained(scheduler).toOpaque()
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no thread-specific data left")
        return key
    }()

    private static let isInstalled: Bool = {
        guard let library = dlopen(nil, RTLD_NOW), let symbol = dlsym(library, "swift_task_enqueueGlobal_hook") else {
            preconditionFailure("this Swift runtime has no swift_task_enqueueGlobal_hook; the simulator needs it")
        }
        let hook: Hook = { job, original in
            if let world = pthread_getspecific(ConcurrencyHook.key) {
                Unmanaged<Scheduler>.fromOpaque(world).takeUnretainedValue().enqueue(job)
            } else {
                original(job)
            }
        }
        symbol.assumingMemoryBound(to: Hook?.self).pointee = hook
        return true
    }()
}

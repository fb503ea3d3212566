#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// What the system accounts to this process.
enum PeakMemory {
  /// Processor time of all threads, user and system, in seconds: a figure "per core" that other load on the machine disturbs little.
  static func processorSeconds() -> Double {
    var usage = rusage()
    guard getrusage(0, &usage) == 0 else { return .nan }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// In units of 10^9 bytes.
  static func gigabytes() -> Double {
    var usage = rusage()
    #if canImport(Darwin)
      guard getrusage(0, &usage) == 0 else { return .nan }
      return Double(usage.ru_maxrss) / 1e9
    #else
      guard getrusage(0, &usage) == 0 else { return .nan }
      return Double(usage.ru_maxrss) * 1024 / 1e9
    #endif
  }

  /// Sets the limit of this process's address space, as far as the system lets it.
  static func limit(gigabytes: Double) -> Bool {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
      let resource = RLIMIT_AS
    #endif
    guard getrlimit(resource, &limit) == 0 else { return false }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(gigabytes * 1e9))
    return setrlimit(resource, &limit) == 0
  }
}

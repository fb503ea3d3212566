#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Peak resident memory of this process.
enum PeakMemory {
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
}

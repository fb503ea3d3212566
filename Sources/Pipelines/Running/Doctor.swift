import Evidence
import Foundation
import Kernels
import Store

/// `doctor`: what on this machine would slow or stop a run.
public enum Doctor {
  /// One thing that was looked at.
  public struct Finding: Equatable, Sendable {
    /// How it is.
    public enum State: String, Equatable, Sendable { case good, slow, bad }
    /// What was looked at.
    public let subject: String
    /// How it is.
    public let state: State
    /// What was found, and what to do.
    public let words: String
  }

  /// Looks at processor, memory, random source, disk and store.
  /// - Parameter store: the store's folder.
  public static func examine(store: String) -> [Finding] {
    [kernels, hashing, cores, memory, random, disk(store), place(store)].compactMap { $0 }
  }

  private static var kernels: Finding {
    let selected = KernelVariant.selected
    let words: String
    switch selected {
    case .plain: words = "plain code; a processor with AVX2 or AVX-512 is three to four times as fast"
    case .x86V3: words = "AVX2; AVX-512 would be about twice as fast"
    case .x86V4, .x86V4IFMA: words = "AVX-512"
    }
    return Finding(subject: "vector kernels", state: selected == .plain ? .slow : .good, words: words)
  }

  private static var hashing: Finding {
    FastSHA256.isAccelerated
      ? Finding(subject: "SHA-256", state: .good, words: "the processor's own instructions")
      : Finding(subject: "SHA-256", state: .slow, words: "portable code, about five times slower than the instructions that newer processors have")
  }

  private static var cores: Finding {
    let count = ProcessInfo.processInfo.activeProcessorCount
    return Finding(subject: "cores", state: .good, words: "\(count); proofs use all of them")
  }

  private static var memory: Finding {
    let bytes = ProcessInfo.processInfo.physicalMemory
    let text = byteText(Int(clamping: bytes))
    return bytes < 2_000_000_000
      ? Finding(subject: "memory", state: .slow, words: "\(text); tables of more than some 100,000 rows need 2 GB or more")
      : Finding(subject: "memory", state: .good, words: text)
  }

  private static var random: Finding {
    let (one, other) = (SystemRandom.bytes(32), SystemRandom.bytes(32))
    return one == other || one.allSatisfy { $0 == one.first }
      ? Finding(subject: "random source", state: .bad, words: "it repeats itself: do not commit or prove on this machine")
      : Finding(subject: "random source", state: .good, words: "it answers")
  }

  private static func disk(_ store: String) -> Finding? {
    let parent = URL(fileURLWithPath: store).deletingLastPathComponent().path
    guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: parent),
      let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value
    else { return nil }
    let isWritable = access(parent, W_OK) == 0
    if !isWritable { return Finding(subject: "disk", state: .bad, words: "nothing can be written in \(TerminalText.quoted(parent))") }
    return Finding(
      subject: "disk", state: free < 100_000_000 ? .bad : .good,
      words: "\(byteText(Int(clamping: free))) free" + (free < 100_000_000 ? "; make room first" : ""))
  }

  private static func place(_ path: String) -> Finding {
    guard FileManager.default.fileExists(atPath: path) else {
      return Finding(subject: "store", state: .good, words: "none at \(TerminalText.quoted(path)) yet; the first commitment makes it")
    }
    do {
      let differences = try Store.open(URL(fileURLWithPath: path), create: false).differences()
      guard differences.isEmpty else {
        return Finding(
          subject: "store", state: .bad, words: "\(differences.map(\.words).joined(separator: "; ")); it proves nothing until `zkmlops store adopt`")
      }
      return Finding(subject: "store", state: .good, words: "at home, its budgets can be spent")
    } catch { return Finding(subject: "store", state: .bad, words: "\(error)") }
  }
}

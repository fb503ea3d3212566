import Hashing
import Programs

/// SHA-256 of a text in hexadecimal.
func digest(_ text: String) -> String { SHA256.hash(Array(text.utf8)).hex }

/// A shape that is known to be valid.
func shape(_ rows: Int, _ columns: Int = 1) -> TensorShape {
  guard let shape = TensorShape(rows: rows, columns: columns) else { fatalError("test shape") }
  return shape
}

/// An input of public values.
func publicInput(_ name: String, _ range: ClosedRange<Int64>, _ rows: Int, _ columns: Int = 1) -> Operator {
  .input(Input(binding: .publicValues(name: name), range: IntegerRange(range), shape: shape(rows, columns)))
}

/// A deterministic generator.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

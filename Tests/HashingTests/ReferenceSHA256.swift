import Crypto

/// SHA-256 by swift-crypto, in a file of its own: both modules have a type `SHA256`.
func referenceSHA256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

import Foundation
import Hashing
import Store
import Testing

@Suite("Store: sources of models")
struct SourceTests {
  @Test("what opens the commitment to a file is kept, also by the two stores of a split, and never changed")
  func sources() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.store)
    let (commitment, file) = (Fixture.digest("commitment"), Fixture.digest("file"))
    #expect(try store.source(of: commitment) == nil)
    try store.saveSource(commitment, salt: [UInt8](repeating: 7, count: 32), file: file)
    try store.saveSource(commitment, salt: [UInt8](repeating: 8, count: 32), file: Fixture.digest("another"))
    let other = try store.split(into: URL(fileURLWithPath: folder.file("other")), percent: 50)
    for own in [store, other] {
      let found = try #require(try own.source(of: commitment))
      #expect(found.salt == [UInt8](repeating: 7, count: 32) && found.file == file)
    }
    #expect(code { try store.saveSource(commitment, salt: [1], file: file) } == "store.invalid-argument")
    #expect(throws: (any Error).self) { try store.execute(sql: "UPDATE source SET salt = zeroblob(32)") }
  }
}

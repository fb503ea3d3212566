import Evidence
import Testing

@Suite("Paths as text")
struct PathTextTests {
  @Test(
    "the folder of a path, also of names of one character",
    arguments: [
      ("b", "."), ("bundle", "."), ("b/", "."), ("./b", "."), ("/b", "/"), ("/", "/"), ("//b", "/"), ("a/b", "a"), ("a//b//", "a"), ("/a/b", "/a"),
      ("", "."), ("é/b", "é"),
    ])
  func parent(path: String, folder: String) {
    #expect(PathText.parent(of: path) == folder)
  }
}

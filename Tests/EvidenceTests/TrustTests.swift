import Evidence
import Hashing
import Testing

@Suite("Trusted keys and requirements") struct TrustTests {
  private static let first = String(repeating: "ab", count: 32)
  private static let second = String(repeating: "0c", count: 32)

  private func read(_ text: String) throws -> TrustedKeys { try TrustedKeys(fileBytes: Array(text.utf8), path: "keys") }

  @Test("the list in YAML and in JSON") func files() throws {
    let yaml = """
      ---
      # who is who
      version: 1
      keys:
        - fingerprint: \(Self.first)   # from their letter of 3 May
          name: "City Bank: credit"
          role: owner

        - name: 'ACME'
          role: provider
          fingerprint: "\(Self.second)"
      """
    let json = """
      {"version": 1, "keys": [{"fingerprint": "\(Self.first)", "name": "City Bank: credit", "role": "owner"},
       {"fingerprint": "\(Self.second)", "name": "ACME", "role": "provider"}]}
      """
    let keys = try read(yaml)
    #expect(try read(json) == keys && keys.entries.count == 2)
    #expect(keys.name(of: Self.first, as: .owner) == "City Bank: credit" && keys.name(of: Self.first, as: .provider) == nil)
    #expect(keys.fingerprints("ACME", as: .provider) == [Self.second] && keys.fingerprints("ACME", as: .owner).isEmpty)
    #expect(try read("version: 1\nkeys:\n").entries.isEmpty)
    let flow = """
      version: 1
      keys:
        - {fingerprint: \(Self.first), name: "City Bank: credit", role: owner}   # from their letter
        - {name: 'ACME', role: provider, fingerprint: "\(Self.second)"}
      """
    #expect(try read(flow) == keys)
  }

  @Test("a signer's own key file is no list of trusted keys; the refusal says what to write") func keyFile() throws {
    let key = try TestSigner("city bank", .owner).publicKey
    let file = PublicKeyFile(name: "city-bank", role: .owner, key: key).json.prettyText
    do {
      _ = try read(file)
      Issue.record("accepted")
    } catch let error as TrustFileError {
      let words = error.description
      #expect(words.contains("fingerprint: \(key.fingerprint), name: city-bank, role: owner"), "\(words)")
    }
  }

  @Test(
    "what is not such a list is refused, with its line",
    arguments: [
      ("", nil), ("version: 2\nkeys:\n", nil), ("version: 1\n", nil), ("version: 1\nkeys:\n  - fingerprint: ab\n    name: x\n    role: owner\n", nil),
      ("version: 1\nkeys:\n\t- name: x\n", 3), ("version: 1\nkeys: {}\n", 2), ("version: 1\nversion: 1\n", 2),
      ("version: 1\nkeys:\n  - &a name: x\n", 3),
      ("version: 1\nkeys:\n  - name: *x\n", 3), ("version: 1\nkeys:\n  - name: |\n", 3), ("version: 1\nkeys:\n  - name: x\n      role: owner\n", 4),
      ("version: 1\nkeys:\n  - name: \"x\\n\"\n", 3), ("version: 1\nkeys:\n  - - x\n", 3), ("- a: b\n", 1), ("version:1\n", 1), ("  version: 1\n", 1),
      ("version: 1\nkeys:\n  - {name: x\n    role: owner}\n", 3), ("version: 1\nkeys:\n  - {name: x, name: y}\n", 3),
      ("version: 1\nkeys:\n  - {name: {a: b}}\n", 3), ("version: 1\nkeys:\n  - {name: x} y\n", 3), ("version: 1\nkeys:\n  - {}\n", 3),
      ("version: 1\nkeys:\n  - {name: x}\n    role: owner\n", 4),
      ("version: 1\nkeys:\n  - name: x\n    name: y\n", 4), ("version: 1\nkeys:\n  - name:\n", 3),
    ] as [(String, Int?)])
  func refused(text: String, line: Int?) throws {
    do {
      _ = try read(text)
      Issue.record("accepted")
    } catch let error as TrustFileError {
      #expect(error.line == line)
      #expect(error.exitCode == .cannotDo)
    }
  }

  @Test("a key twice in a role, an unknown role, unknown fields") func contents() throws {
    func list(_ entries: String) -> String { "version: 1\nkeys:\n\(entries)" }
    func entry(_ name: String, _ role: String, _ more: String = "") -> String {
      "  - fingerprint: \(Self.first)\n    name: \(name)\n    role: \(role)\n\(more)"
    }
    #expect(throws: Never.self) { try read(list(entry("a", "owner") + entry("a", "provider"))) }
    for text in [
      entry("a", "owner") + entry("b", "owner"), entry("a", "king"), entry("a", "owner", "    age: 3\n"), entry("\"a\u{1b}\"", "owner"),
    ] {
      #expect(throws: TrustFileError.self) { try read(list(text)) }
    }
    #expect(throws: TrustFileError.self) { try TrustedKeys.read(path: "/nonexistent/keys") }
    #expect(throws: TrustFileError.self) { try TrustedKeys.read(path: "/dev/null") }
  }

  @Test("date and predecessor count only when a trusted provider signed them") func requirements() throws {
    let provider = try TestSigner("provider", .provider)
    let draft = try ExampleBundle.single.draft()
    let trust = TrustedKeys(entries: [.init(fingerprint: provider.publicKey.fingerprint, name: "ACME", role: .provider)])
    let before = try #require(Timestamp("2026-11-01T00:00:00Z"))
    let after = try #require(Timestamp("2026-12-01T00:00:00Z"))
    func states(_ requirements: BundleRequirements, signed: Bool = true, trust: TrustedKeys) throws -> [BundleRequirements.State] {
      let bundle = try draft.bundle(signedBy: signed ? provider : nil)
      return requirements.outcomes(for: try verifyBundle(bundle, with: ExampleChecker(), trust: trust)).map(\.state)
    }
    // The example was created on 2026-11-22 and has no predecessor.
    let all = BundleRequirements(newerThan: before, predecessor: BundleRequirements.Predecessor.none, signedBy: "ACME")
    #expect(try states(all, trust: trust) == [.met, .met, .met])
    #expect(try states(all, trust: .none) == [.notEvidenced, .notEvidenced, .notMet])
    #expect(try states(all, signed: false, trust: trust) == [.notEvidenced, .notEvidenced, .notMet])
    let id = SHA256.hash([]).hex
    let wrong = BundleRequirements(newerThan: after, predecessor: .bundle(id), signedBy: provider.publicKey.fingerprint)
    #expect(try states(wrong, trust: trust) == [.notMet, .notMet, .met])
    #expect(try states(BundleRequirements(newerThan: Timestamp("2026-11-22T17:39:00Z")), trust: trust) == [.notMet])
    #expect(try states(BundleRequirements(), trust: trust).isEmpty)
    #expect(throws: RequirementError.self) { try BundleExamination(newerThan: "yesterday") }
    #expect(throws: RequirementError.self) { try BundleExamination(expectPrevious: "abc") }
    #expect(try BundleExamination(newerThan: "2026-11-01").requirements.newerThan == before)
  }

  @Test("public key files are read strictly") func keyFiles() throws {
    let signer = try TestSigner("a", .owner)
    let file = PublicKeyFile(name: "bank", role: .owner, key: signer.publicKey)
    #expect(try PublicKeyFile(fileBytes: file.json.prettyBytes, file: "f") == file)
    let object = try JSONNode(file.json).object()
    for (key, value) in [
      ("formatVersion", 2), ("name", "a b"), ("role", "king"), ("fingerprint", .string(Self.first)), ("ed25519", "AA=="), ("extra", 1),
      ("mlDSA65", nil),
    ] as [(String, JSONValue?)] {
      #expect(throws: BundleError.self, "\(key)") {
        try PublicKeyFile(fileBytes: JSONValue.object(object.setting(key, to: value)).canonicalBytes, file: "f")
      }
    }
  }
}

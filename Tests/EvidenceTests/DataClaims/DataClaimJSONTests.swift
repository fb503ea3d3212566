import Claims
import Evidence
import Hashing
import Programs
import Testing

@Suite("Claims about data in JSON") struct DataClaimJSONTests {
  private func read(_ type: String, _ text: String) throws -> ClaimStatement {
    try ClaimJSON.read(type: type, JSONNode(try JSONParser.parse(Array(text.utf8))))
  }

  @Test("every claim comes back from its own bytes", arguments: DataClaimSamples.claims) func roundTrip(_ claim: DataClaim) throws {
    let statement = ClaimStatement.data(claim)
    for bytes in [ClaimJSON.value(statement).canonicalBytes, ClaimJSON.value(statement).prettyBytes] {
      let again = try ClaimJSON.read(type: ClaimJSON.type(statement), JSONNode(try JSONParser.parse(bytes)))
      #expect(again == statement && again.canonical.encoded == statement.canonical.encoded)
    }
    #expect(throws: StatementError.self) { try ClaimJSON.read(type: "wellFormed", JSONNode(ClaimJSON.value(statement))) }
    #expect(throws: StatementError.unknownType("divide")) { try ClaimJSON.read(type: "divide", JSONNode(ClaimJSON.value(statement))) }
  }

  /// Every value of the document in turn replaced by `new`, removed, or given a member more.
  private func variants(_ value: JSONValue, _ new: JSONValue?) -> [JSONValue] {
    var out: [JSONValue] = new.map { [$0] } ?? []
    switch value {
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        for other in variants(element, new) {
          var changed = elements
          changed[index] = other
          out.append(.array(changed))
        }
        if new == nil { out.append(.array(elements.enumerated().filter { $0.offset != index }.map(\.element))) }
      }
    case .object(let object):
      for member in object.members {
        for other in variants(member.value, new) { out.append(.object(object.setting(member.key, to: other))) }
        if new == nil { out.append(.object(object.setting(member.key, to: nil))) }
      }
      if new == nil { out.append(.object(object.setting("another", to: 1))) }
    default: break
    }
    return out
  }

  @Test("other JSON is refused with a typed error, or is the one form of another statement", arguments: DataClaimSamples.claims)
  func strictness(_ claim: DataClaim) throws {
    let statement = ClaimStatement.data(claim)
    let type = ClaimJSON.type(statement)
    let replacements: [JSONValue?] = [
      nil, .null, 0, 1, -1, .integer(JSONValue.largestInteger), .integer(-JSONValue.largestInteger), "", "x", "0x", "01", "1.0", "-0.0", "1e3",
      "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1000", .bool(false), [], ["a", "a"], [1, 2], [2, 1], .object([:]),
      .object(["parameter": 1]), .object(["parameter": "p"]), .object(["other": "o"]), .object(["auditor": "0g"]), .object(["prover": "00"]),
    ]
    var (refused, read) = (0, 0)
    for new in replacements {
      for value in variants(ClaimJSON.value(statement), new) {
        do {
          let other = try ClaimJSON.read(type: type, JSONNode(value))
          read += 1
          #expect(ClaimJSON.value(other) == value)
          #expect(other != statement || value == ClaimJSON.value(statement))
        } catch { refused += 1 }
      }
    }
    #expect(refused > 40 && read > 0)
  }

  @Test(
    "numbers outside their bounds, lists too long and two kinds at once are refused",
    arguments: [
      ("split", #"{"table":"a","parts":["b","c"],"rule":{"groups":{"nonce":{"prover":""},"column":"x","share":[2,1],"groups":4}}}"#),
      ("split", #"{"table":"a","parts":["b","c"],"rule":{"groups":{"nonce":{"prover":""},"column":"x","share":[0,1048577],"groups":4}}}"#),
      ("split", #"{"table":"a","parts":["b","c"],"rule":{"groups":{"nonce":{"prover":""},"column":"x","share":[1,2],"groups":0}}}"#),
      ("split", #"{"table":"a","parts":["b","c"],"rule":{"random":{"prover":""},"cutoff":{"column":"x","from":1}}}"#),
      ("split", #"{"table":"a","parts":["b","c"],"rule":{"random":{"prover":"AA"}}}"#),
      ("split", #"{"table":"a","parts":["b","c"],"rule":{"random":{"dated":"aa","date":"yesterday"}}}"#),
      ("split", #"{"table":"a","parts":["b","c"],"rule":{"random":{"dated":"aa"}}}"#),
      ("split", #"{"table":"a","parts":["b","c"],"rule":{"random":{"auditor":"aa","prover":"aa"}}}"#),
      ("split", #"{"table":"a","parts":["b","../c"],"rule":{"random":{"prover":""}}}"#),
      ("statistics", #"{"table":"a","statistics":[{"sum":"x","missing":"x","value":1}]}"#),
      ("statistics", #"{"table":"a","statistics":[{"sum":"x","value":1,"within":[0,1]}]}"#),
      ("statistics", #"{"table":"a","statistics":[{"sum":"x","within":[1,0]}]}"#),
      ("statistics", #"{"table":"a","statistics":[{"sum":"x"}]}"#),
      ("statistics", #"{"table":"a","statistics":[{"histogram":"x","edges":[0,1]}]}"#),
      ("statistics", #"{"table":"a","statistics":[{"histogram":"x","edges":[0,1],"counts":[1,0],"within":[[0,1],[0,0]]}]}"#),
      ("statistics", #"{"table":"a","statistics":[{"pairs":["x","y"],"within":[[1,0]]}]}"#),
      ("statistics", #"{"table":"a","statistics":[{"order":"x","rank":-1,"present":3,"value":1}]}"#),
      ("statistics", #"{"table":"a","statistics":[{"pairs":["x"],"counts":[1]}]}"#),
      ("disjoint", #"{"tables":["a","b"],"columns":[],"distinct":0}"#),
      ("anonymity", #"{"table":"a","quasiIdentifiers":["x"],"minimum":0,"classes":3}"#),
      ("fit", #"{"table":"a","parameters":"p","fit":[{"mean":"x","scale":19}],"present":{}}"#),
      ("fit", #"{"table":"a","parameters":"p","fit":[{"quantile":"x","position":[1,10001],"scale":1}],"present":{}}"#),
      ("fit", #"{"table":"a","parameters":"p","fit":[{"mode":"x","scale":1}],"present":{}}"#),
      ("fit", "{\"table\":\"a\",\"parameters\":\"p\",\"fit\":[],\"present\":{\"\u{e9}\":1,\"e\u{301}\":1}}"),
      ("transform", #"{"input":"a","output":"b","columns":[{"name":"x","source":"x","steps":[{"impute":"1","missingIndicator":true}]}]}"#),
      ("transform", #"{"input":"a","output":"b","columns":[{"name":"x","source":"x","steps":[{"impute":1}]}]}"#),
      ("transform", #"{"input":"a","output":"b","columns":[{"name":"x","source":"x","steps":[{"impute":"1.0000000000000000000"}]}]}"#),
      ("transform", #"{"input":"a","output":"b","columns":[{"name":"x","source":"x","steps":[{"logarithm":{"base":"ten","scale":2}}]}]}"#),
      ("transform", #"{"input":"a","output":"b","parameters":null,"columns":[]}"#),
    ]) func bounds(_ type: String, _ text: String) throws
  {
    #expect {
      _ = try read(type, text)
    } throws: { error in
      if case .shape? = error as? StatementError { true } else { false }
    }
  }

  @Test("lists beyond their bounds are refused before they are read") func lists() throws {
    func many(_ count: Int, _ element: String) -> String { Array(repeating: element, count: count).joined(separator: ",") }
    for (type, text) in [
      ("disjoint", #"{"tables":[\#(many(65, #""a""#))],"columns":[],"distinct":1}"#),
      ("disjoint", #"{"tables":["a","b"],"columns":[\#(many(4_097, #""a""#))],"distinct":1}"#),
      ("filter", #"{"table":"a","output":"b","conditions":[\#(many(65, #"{"present":"x"}"#))]}"#),
      ("statistics", #"{"table":"a","statistics":[\#(many(4_097, "0"))]}"#),
      ("statistics", #"{"table":"a","statistics":[{"histogram":"x","edges":[\#(many(4_098, "0"))],"counts":[]}]}"#),
      ("fit", #"{"table":"a","parameters":"p","fit":[\#(many(4_097, "0"))],"present":{}}"#),
      ("transform", #"{"input":"a","output":"b","columns":[\#(many(4_097, "0"))]}"#),
      ("transform", #"{"input":"a","output":"b","columns":[{"name":"x","source":"x","steps":[\#(many(17, "0"))]}]}"#),
      ("split", #"{"table":"a","parts":["b"],"rule":{"random":{"prover":"\#(many(1_025, "00").replacing(",", with: ""))"}}}"#),
    ] {
      #expect {
        _ = try read(type, text)
      } throws: { error in
        guard case .shape(let shape)? = error as? StatementError, case .notAllowed = shape.problem else { return false }
        return true
      }
    }
  }

  @Test("documents that are nested too deep or name a member twice are no JSON") func documents() throws {
    let deep = String(repeating: "[", count: 80) + String(repeating: "]", count: 80)
    #expect(throws: JSONError.self) { try read("statistics", #"{"table":"a","statistics":\#(deep)}"#) }
    #expect(throws: JSONError.self) { try read("deduplicate", #"{"table":"a","output":"b","output":"c"}"#) }
  }
}

/// The evidence report for people: one HTML page without scripts or anything from elsewhere.
public enum HTMLReport {
  /// The page of a verified bundle.
  ///
  /// Everything from data is escaped; a content security policy forbids scripts and loads besides. The page is at most a small multiple of
  /// the bundle's JSON in size.
  ///
  /// - Parameter outcomes: how the requirements of a policy or a command line ended.
  public static func page(for report: VerificationReport, outcomes: [BundleRequirements.Outcome] = []) -> String {
    let body: HTML = """
      <p class="lead">This is evidence for a determination, not a determination.</p>
      <h1>Evidence report</h1>
      \(summary(report))\(requirements(outcomes, report.policy))\(lineage(report))\(DataSheet(report: report).html)\(claims(report))\(duties(report))\(limits(report))\(artefacts(report))\(proofs(report))
      """
    let page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="referrer" content="no-referrer">
      <title>Evidence report \(String(report.bundleID.prefix(12)))</title>
      <style>
      \(ReportStyle.sheet)
      </style>
      </head>
      <body>
      \(body)
      </body>
      </html>

      """
    return page.source
  }

  private static func summary(_ report: VerificationReport) -> HTML {
    let manifest = report.manifest
    let previous: HTML = manifest.previous.map { "<code>\($0)</code>" } ?? "none"
    let counts =
      "\(ClaimMeaning.count(report.claims.count, "claim")) in \(ClaimMeaning.count(report.proofs.count, "proof")), \(ByteCount.text(report.proofByteCount)) of proofs"
    return """
      <dl>
      <dt>Verified</dt><dd>\(counts), in \(Milliseconds.text(report.microseconds)); all of them hold</dd>
      <dt>Signed</dt><dd>\(signers(report))</dd>
      <dt>Written</dt><dd>\(manifest.created.description) by zkmlops \(manifest.toolVersion), profile \(manifest.profile)</dd>
      <dt>Bundle</dt><dd><code>\(report.bundleID)</code></dd>
      <dt>Previous</dt><dd>\(previous)</dd>
      </dl>
      <p>Check it yourself with nothing but the bundle: <code>zkmlops verify BUNDLE</code></p>

      """
  }

  private static func signers(_ report: VerificationReport) -> HTML {
    let unsigned: HTML = report.signers.contains(where: \.isOfManifest) ? "" : "<p>No. The bundle is unsigned: nobody vouches for it.</p>\n"
    let entries = report.signers.html { signer in
      let words = report.words(signer)
      let details = words.details.html { "<br>\($0)" }
      return "<p>\(words.who)<br><code>\(signer.fingerprint)</code>\(details)</p>\n"
    }
    return "\(unsigned)\(entries)"
  }

  private static func requirements(_ outcomes: [BundleRequirements.Outcome], _ policy: String?) -> HTML {
    guard !outcomes.isEmpty else { return "" }
    let rows = outcomes.html { outcome in
      let isMet: HTML = outcome.state == .met ? " class=\"met\"" : " class=\"open\""
      return """
        <tr><td data-label="Requirement">\(outcome.requirement)</td><td data-label="Ends as"\(isMet)><strong>\(outcome.state.rawValue)</strong></td>\
        <td data-label="Because">\(outcome.reason)</td><td data-label="Articles">\(outcome.articles ?? "–")</td></tr>

        """
    }
    let name: HTML = policy.map { ": \($0)" } ?? ""
    return """
      <h2>Asked for\(name)</h2>
      <table class="cards"><thead><tr><th>Requirement</th><th>Ends as</th><th>Because</th><th>Articles</th></tr></thead>
      <tbody>\(rows)</tbody></table>
      <p>Not evidenced: nothing in the bundle says so. Not checkable: what the check needs is known to you alone and was not given.</p>

      """
  }

  private static func lineage(_ report: VerificationReport) -> HTML {
    let chain = Chain(report)
    let gaps: HTML = chain.notEvidenced.isEmpty ? "" : "<h3>What no claim evidences in this chain</h3>\n\(list(chain.notEvidenced))"
    return """
      <h2>Lineage</h2>
      <p>Each line is a committed artefact; every arc is established by a claim below. No claim stands on an artefact whose well-formedness is unproved:
      checked for \(chain.wellFormedCount).</p>
      \(LineagePicture(report.manifest).svg)\(gaps)
      """
  }

  private static func claims(_ report: VerificationReport) -> HTML {
    "<h2>Claims</h2>\n\(report.claims.html(claim))"
  }

  private static func claim(_ claim: VerificationReport.Claim) -> HTML {
    let description = claim.description
    // A number that the table of disclosures has is not said twice.
    let told = Set(description.discloses.map(\.field))
    let own = description.figures.filter { if case .value(let label, _) = $0 { !told.contains(label) } else { true } }
    return """
      <section class="claim"><h3>\(claim.entry.name) <small>\(claim.entry.type)</small></h3>
      <div class="columns"><div><h4>What is shown</h4>\(list(description.shows))</div>
      <div><h4>What it cannot show</h4>\(list(description.doesNotShow))</div></div>
      \(own.html(figure))\(disclosures(description.discloses))</section>

      """
  }

  private static func figure(_ figure: Figure) -> HTML {
    switch figure {
    case .accuracy(let accuracy): "<h4>Accuracy</h4>\n\(list(accuracy.sentences))\(accuracy.svg)"
    case .confusionMatrix(let matrix): matrix.table
    case .groups(let groups): groups.svg
    case .metric: ""
    case .value(let label, let text): "<p>\(label): <strong>\(text)</strong></p>\n"
    }
  }

  private static func disclosures(_ all: [Disclosure]) -> HTML {
    guard !all.isEmpty else { return "" }
    let hidden = all.filter { $0.extent == .hidden }.map(\.field)
    let known = all.filter { $0.extent != .hidden }
    let rows = known.html { disclosure in
      let extent: HTML = disclosure.extent == .exact ? "revealed" : "bounded"
      return "<tr><td>\(disclosure.field)</td><td>\(extent)</td><td>\(disclosure.value)</td></tr>\n"
    }
    let table: HTML = """
      <div class="scroll"><table><thead><tr><th>Field</th><th>Becomes known</th><th>Value or bound</th></tr></thead>
      <tbody>\(rows)</tbody></table></div>

      """
    let rest: HTML = hidden.isEmpty ? "" : "<p>Hidden from all: \(hidden.joined(separator: ", ")).</p>\n"
    return """
      <h4>What every reader of this bundle learns</h4>
      \(known.isEmpty ? "<p>Nothing beyond what is shown above.</p>\n" : table)\(rest)
      """
  }

  private static func duties(_ report: VerificationReport) -> HTML {
    guard !report.duties.isEmpty else { return "" }
    let rows = report.duties.html { duty in
      let claims = report.claims.filter { $0.description.duties.contains(duty) }.map(\.entry.name).joined(separator: ", ")
      return """
        <tr><td data-label="Article"><strong>\(duty.rawValue)</strong></td><td data-label="Duty">\(duty.title)</td>\
        <td data-label="Evidence can support">\(duty.support)</td><td data-label="It cannot show">\(duty.limit)</td>\
        <td data-label="Claims here">\(claims)</td></tr>

        """
    }
    return """
      <h2>Duties of the EU AI Act that this can be evidence for</h2>
      <p>Whether a duty is met is for people to determine. For each duty stand what evidence of this kind can support, what it cannot show, and
      the claims of this bundle that are such evidence.</p>
      <table class="cards"><thead><tr><th>Article</th><th>Duty</th><th>Evidence can support</th><th>It cannot show</th><th>Claims here</th></tr>
      </thead>
      <tbody>\(rows)</tbody></table>

      """
  }

  private static func limits(_ report: VerificationReport) -> HTML {
    "<h2>Not established by this bundle</h2>\n\(list(report.notEstablished))"
  }

  private static func artefacts(_ report: VerificationReport) -> HTML {
    let rows = report.manifest.artefacts.html { artefact in
      return """
        <tr><td data-label="Name"><strong>\(artefact.name)</strong></td><td data-label="Kind and role">\(artefact.kind), \(artefact.role)</td>\
        <td data-label="Padded tensors">\(tensors(artefact))</td><td data-label="Tree">\(artefact.treeWords)</td>\
        <td data-label="Identity"><code>\(artefact.identity)</code></td></tr>

        """
    }
    return """
      <h2>Artefacts</h2>
      <table class="cards"><thead><tr><th>Name</th><th>Kind and role</th><th>Padded tensors</th><th>Tree</th><th>Identity (SHA-256)</th></tr></thead>
      <tbody>\(rows)</tbody></table>

      """
  }

  /// `c0 … c21 (1024), W (64 × 1)`: neighbours of one size together.
  static func tensors(_ artefact: ManifestArtefact) -> String {
    var groups: [(first: String, last: String, size: String)] = []
    for tensor in artefact.tensors {
      let size = tensor.logDimensions.map { String(1 << $0) }.joined(separator: " × ")
      if let last = groups.indices.last, groups[last].size == size {
        groups[last].last = tensor.name
      } else {
        groups.append((tensor.name, tensor.name, size))
      }
    }
    return groups.map { "\($0.first)\($0.first == $0.last ? "" : " … \($0.last)") (\($0.size))" }.joined(separator: ", ")
  }

  private static func proofs(_ report: VerificationReport) -> HTML {
    let rows = report.proofs.html { proof in
      """
      <tr><td data-label="Claims">\(proof.entry.claims.joined(separator: ", "))</td>\
      <td data-label="Size" class="number">\(ByteCount.text(proof.byteCount))</td>\
      <td data-label="Verified in" class="number">\(Milliseconds.text(proof.microseconds))</td>\
      <td data-label="Soundness" class="number">\(proof.summary.soundnessBits) bits</td><td data-label="Field">\(proof.summary.field)</td>\
      <td data-label="Digest"><code>\(proof.entry.digest)</code></td></tr>

      """
    }
    return """
      <h2>Proofs</h2>
      <p>Each proof carries an ordered list of claims and was checked once. Times are those of the machine that made this page.</p>
      <table class="cards"><thead><tr><th>Claims</th><th class="number">Size</th><th class="number">Verified in</th><th class="number">Soundness</th>\
      <th>Field</th><th>Digest (SHA-256)</th></tr></thead>
      <tbody>\(rows)</tbody></table>

      """
  }

  private static func list(_ sentences: [String]) -> HTML {
    sentences.isEmpty ? "<p>–</p>\n" : "<ul>\(sentences.html { "<li>\($0)</li>" })</ul>\n"
  }
}

import GRDB

/// The database's history: named, dated, append-only. A migration that has been released is never edited; a change of the
/// schema is a new entry at the end.
///
/// The schema refuses what no correct program writes (wrong lengths, dangling references, a capacity that grows, a counter
/// that shrinks, a reservation beyond what is left, a step back in a reservation's life), so that no defect of the
/// Swift code can under-count a hiding budget.
enum Migrations {
  /// Names in order, with the statements of each.
  static let all: [(name: String, statements: [String])] = [
    (
      "2026-11-22 artefacts, budgets and runs",
      [placeTables, secretTables, secretTriggers, reservationTables, reservationTriggers, artefactTables, runTables]
    ),
    ("2026-11-22 owners' statements and handovers", [statementTables, handoverTables]),
    ("2026-11-23 sources of models", [sourceTables]),
  ]

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for migration in all {
      migrator.registerMigration(migration.name) { database in
        for statement in migration.statements { try database.execute(sql: statement) }
      }
    }
    return migrator
  }

  /// `store`: one row. `place`: where the store has been; the last row counts, none is ever changed.
  private static let placeTables = """
    CREATE TABLE store (
      row INTEGER PRIMARY KEY CHECK (row = 1),
      id BLOB NOT NULL CHECK (length(id) = 16),
      split_from BLOB CHECK (length(split_from) = 16),
      created_at INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('active', 'pending'))
    ) STRICT;
    CREATE TABLE place (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      recorded_at INTEGER NOT NULL,
      event TEXT NOT NULL CHECK (event IN ('created', 'adopted')),
      device INTEGER NOT NULL,
      folder_inode INTEGER NOT NULL,
      database_inode INTEGER NOT NULL,
      machine BLOB CHECK (length(machine) = 32)
    ) STRICT;
    CREATE TRIGGER place_is_a_log BEFORE UPDATE ON place BEGIN SELECT RAISE(ABORT, 'places are never changed'); END;
    CREATE TRIGGER place_is_kept BEFORE DELETE ON place BEGIN SELECT RAISE(ABORT, 'places are never removed'); END;
    """

  /// `secret`: one row for every tail seed this store ever held, with its budget. Position lists are sorted 4-byte
  /// little-endian numbers; `inherited` ones were opened before a split and cost nothing here.
  private static let secretTables = """
    CREATE TABLE secret (
      id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
      payload_digest BLOB NOT NULL CHECK (length(payload_digest) = 32),
      log2_row_length INTEGER NOT NULL CHECK (log2_row_length BETWEEN 0 AND 31),
      tail_length INTEGER NOT NULL CHECK (tail_length BETWEEN 1 AND (1 << log2_row_length)),
      log2_code_length INTEGER NOT NULL CHECK (log2_code_length BETWEEN 1 AND 32),
      capacity INTEGER NOT NULL CHECK (capacity BETWEEN 0 AND tail_length),
      used INTEGER NOT NULL CHECK (used BETWEEN 0 AND capacity),
      positions BLOB NOT NULL CHECK (length(positions) = 4 * used),
      inherited BLOB NOT NULL CHECK (length(inherited) % 4 = 0),
      created_at INTEGER NOT NULL,
      erased_at INTEGER,
      CHECK ((1 << log2_row_length) + tail_length <= (1 << log2_code_length))
    ) STRICT;
    """

  private static let secretTriggers = """
    CREATE TRIGGER secret_is_kept BEFORE DELETE ON secret BEGIN SELECT RAISE(ABORT, 'budget records are never removed'); END;
    CREATE TRIGGER secret_is_fixed
      BEFORE UPDATE OF id, payload_digest, log2_row_length, tail_length, log2_code_length, inherited ON secret
      BEGIN SELECT RAISE(ABORT, 'a secret is never changed'); END;
    CREATE TRIGGER secret_capacity BEFORE UPDATE OF capacity ON secret WHEN NEW.capacity > OLD.capacity
      BEGIN SELECT RAISE(ABORT, 'a capacity never grows'); END;
    CREATE TRIGGER secret_used BEFORE UPDATE OF used ON secret WHEN NEW.used < OLD.used
      BEGIN SELECT RAISE(ABORT, 'a budget is never given back'); END;
    CREATE TRIGGER secret_erased BEFORE UPDATE OF erased_at ON secret WHEN OLD.erased_at IS NOT NULL
      BEGIN SELECT RAISE(ABORT, 'an erased secret stays erased'); END;
    """

  /// `reservation`: reserved → charged → released, reserved → abandoned, or reserved → burnt when its process is dead.
  /// What is reserved or burnt counts in full, what is charged or released counts with its positions.
  private static let reservationTables = """
    CREATE TABLE reservation (
      id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
      secret BLOB NOT NULL REFERENCES secret (id),
      queries INTEGER NOT NULL CHECK (queries >= 1),
      purpose TEXT NOT NULL CHECK (length(purpose) <= 500),
      state TEXT NOT NULL CHECK (state IN ('reserved', 'charged', 'released', 'abandoned', 'burnt')),
      added INTEGER CHECK (added BETWEEN 0 AND queries),
      process_id INTEGER NOT NULL,
      process_start TEXT NOT NULL,
      process_boot TEXT NOT NULL,
      reserved_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      CHECK ((added IS NOT NULL) = (state IN ('charged', 'released')))
    ) STRICT;
    CREATE INDEX reservation_counted ON reservation (secret) WHERE state IN ('reserved', 'burnt');
    CREATE INDEX reservation_open ON reservation (state) WHERE state IN ('reserved', 'charged');
    """

  private static let reservationTriggers = """
    CREATE TRIGGER reservation_fits BEFORE INSERT ON reservation
      WHEN NEW.state <> 'reserved' OR NEW.queries
        + (SELECT coalesce(sum(queries), 0) FROM reservation WHERE secret = NEW.secret AND state IN ('reserved', 'burnt'))
        > coalesce((SELECT capacity - used FROM secret WHERE id = NEW.secret AND erased_at IS NULL), 0)
      BEGIN SELECT RAISE(ABORT, 'a reservation fits into what is left'); END;
    CREATE TRIGGER reservation_step BEFORE UPDATE OF state ON reservation
      WHEN (OLD.state || '>' || NEW.state) NOT IN
        ('reserved>charged', 'reserved>abandoned', 'reserved>burnt', 'burnt>charged', 'charged>released')
      BEGIN SELECT RAISE(ABORT, 'a reservation never steps back'); END;
    CREATE TRIGGER reservation_is_fixed BEFORE UPDATE OF id, secret, queries ON reservation
      BEGIN SELECT RAISE(ABORT, 'a reservation is never changed'); END;
    CREATE TRIGGER reservation_is_kept BEFORE DELETE ON reservation
      BEGIN SELECT RAISE(ABORT, 'reservations are never removed'); END;
    CREATE TRIGGER secret_covers_reservations BEFORE UPDATE OF capacity, used ON secret
      WHEN NEW.capacity - NEW.used
        < (SELECT coalesce(sum(queries), 0) FROM reservation WHERE secret = NEW.id AND state IN ('reserved', 'burnt'))
      BEGIN SELECT RAISE(ABORT, 'a capacity covers what is reserved'); END;
    """

  /// `artefact`: a name may be given to a newer one, the older one is then superseded. `refresh`: proved equalities.
  private static let artefactTables = """
    CREATE TABLE artefact (
      identity BLOB PRIMARY KEY NOT NULL CHECK (length(identity) = 32),
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 200),
      preimage BLOB NOT NULL CHECK (length(preimage) > 0),
      secret BLOB NOT NULL REFERENCES secret (id),
      created_at INTEGER NOT NULL,
      superseded_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX artefact_name ON artefact (name) WHERE superseded_at IS NULL;
    CREATE INDEX artefact_secret ON artefact (secret);
    CREATE TABLE refresh (
      child BLOB PRIMARY KEY NOT NULL REFERENCES artefact (identity),
      parent BLOB NOT NULL REFERENCES artefact (identity),
      depth INTEGER NOT NULL CHECK (depth IN (1, 2)),
      proof BLOB NOT NULL CHECK (length(proof) = 32),
      recorded_at INTEGER NOT NULL,
      CHECK (child <> parent)
    ) STRICT;
    CREATE INDEX refresh_parent ON refresh (parent);
    """

  /// `statement`: signed statements of data owners, byte for byte. An artefact may be removed, what was signed about it stays.
  private static let statementTables = """
    CREATE TABLE statement (
      digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
      artefact BLOB NOT NULL CHECK (length(artefact) = 32),
      bytes BLOB NOT NULL CHECK (length(bytes) > 0),
      recorded_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX statement_artefact ON statement (artefact);
    CREATE TRIGGER statement_is_fixed BEFORE UPDATE ON statement BEGIN SELECT RAISE(ABORT, 'statements are never changed'); END;
    CREATE TRIGGER statement_is_kept BEFORE DELETE ON statement BEGIN SELECT RAISE(ABORT, 'statements are never removed'); END;
    """

  /// `handover`: every share of a budget that was given away or received, in codeword positions.
  private static let handoverTables = """
    CREATE TABLE handover (
      id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
      direction TEXT NOT NULL CHECK (direction IN ('given', 'received')),
      artefact BLOB NOT NULL CHECK (length(artefact) = 32),
      secret BLOB NOT NULL REFERENCES secret (id),
      share INTEGER NOT NULL CHECK (share >= 1),
      from_store BLOB NOT NULL CHECK (length(from_store) = 16),
      recorded_at INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER handover_is_fixed BEFORE UPDATE ON handover BEGIN SELECT RAISE(ABORT, 'handovers are never changed'); END;
    CREATE TRIGGER handover_is_kept BEFORE DELETE ON handover BEGIN SELECT RAISE(ABORT, 'handovers are never removed'); END;
    """

  /// `source`: salt and digest of the files that models were imported from, by what their artefacts say about them.
  private static let sourceTables = """
    CREATE TABLE source (
      commitment BLOB PRIMARY KEY NOT NULL CHECK (length(commitment) = 32),
      salt BLOB NOT NULL CHECK (length(salt) = 32),
      file BLOB NOT NULL CHECK (length(file) = 32),
      recorded_at INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER source_is_fixed BEFORE UPDATE ON source BEGIN SELECT RAISE(ABORT, 'sources are never changed'); END;
    """

  /// `revealed` is the disclosure ledger: every public value that a proof told about the artefacts it opened.
  private static let runTables = """
    CREATE TABLE run (
      id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
      pipeline BLOB NOT NULL CHECK (length(pipeline) = 32),
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'interrupted')),
      process_id INTEGER NOT NULL,
      process_start TEXT NOT NULL,
      process_boot TEXT NOT NULL,
      CHECK ((finished_at IS NULL) = (outcome IS NULL))
    ) STRICT;
    CREATE TABLE proof (
      digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
      run BLOB REFERENCES run (id),
      size INTEGER NOT NULL CHECK (size > 0),
      recorded_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE proof_artefact (
      proof BLOB NOT NULL REFERENCES proof (digest),
      artefact BLOB NOT NULL REFERENCES artefact (identity),
      PRIMARY KEY (proof, artefact)
    ) STRICT;
    CREATE INDEX proof_artefact_artefact ON proof_artefact (artefact);
    CREATE TABLE revealed (
      id INTEGER PRIMARY KEY,
      proof BLOB NOT NULL REFERENCES proof (digest),
      claim TEXT NOT NULL CHECK (length(claim) > 0),
      label TEXT NOT NULL CHECK (length(label) > 0),
      value TEXT NOT NULL
    ) STRICT;
    CREATE TABLE revealed_about (
      revealed INTEGER NOT NULL REFERENCES revealed (id),
      artefact BLOB NOT NULL REFERENCES artefact (identity),
      PRIMARY KEY (revealed, artefact)
    ) STRICT;
    CREATE INDEX revealed_about_artefact ON revealed_about (artefact);
    CREATE TRIGGER revealed_is_kept BEFORE DELETE ON revealed BEGIN SELECT RAISE(ABORT, 'disclosures are never removed'); END;
    CREATE TRIGGER revealed_is_a_log BEFORE UPDATE ON revealed BEGIN SELECT RAISE(ABORT, 'disclosures are never changed'); END;
    CREATE TRIGGER revealed_about_is_kept BEFORE DELETE ON revealed_about
      BEGIN SELECT RAISE(ABORT, 'disclosures are never removed'); END;
    """
}

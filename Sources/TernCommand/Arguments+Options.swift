import TernCore

// The options of the command line as tables: how each changes what is asked for.
extension Arguments {
  typealias Flag = @Sendable (inout Arguments) -> Void
  typealias Apply = @Sendable (inout Arguments, String) throws(TernError) -> Void

  /// Options without a value.
  static let flags: [String: Flag] = [
    "--help": { $0.action = .help }, "-h": { $0.action = .help },
    "--version": { $0.action = .version }, "-V": { $0.action = .version },
    "--options-markdown": { $0.action = .listOptions },
    "--quiet": { $0.isQuiet = true }, "-q": { $0.isQuiet = true },
    "--verbose": { $0.isVerbose = true }, "-v": { $0.isVerbose = true },
    "--password": { $0.asksPassword = true }, "-W": { $0.asksPassword = true },
    "--no-password": { $0.asksPassword = false }, "-w": { $0.asksPassword = false },
    "--param-null": { $0.parameters.append(nil) },
  ]

  /// Options with a value.
  static let values: [String: Apply] = [
    "--file": { $0.file = $1 }, "-f": { $0.file = $1 },
    "--output": { $0.output = $1 }, "-o": { $0.output = $1 },
    "--format": setFormat, "-F": setFormat,
    "--null": { $0.nullText = $1 },
    "--param": { $0.parameters.append($1) }, "-p": { $0.parameters.append($1) },
    "--catalog": setCatalog,
    "--password-file": { $0.passwordFile = $1 },
    "--max-rows": { $0.settings.append(Setting(name: "max_rows", value: $1)) },
    "--timeout": { $0.settings.append(Setting(name: "query_timeout", value: $1)) },
    "--set": addSetting, "-s": addSetting,
  ]

  private static let setFormat: Apply = { arguments, text throws(TernError) in
    guard let format = OutputFormat(rawValue: text) else {
      let known = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("unknown format \(text); known: \(known)")
    }
    arguments.format = format
  }

  private static let setCatalog: Apply = { arguments, text throws(TernError) in
    guard CatalogQuestion.names.contains(text) else {
      let known = CatalogQuestion.names.joined(separator: ", ")
      throw error("unknown catalog question \(text); known: \(known)")
    }
    arguments.catalog = text
  }

  private static let addSetting: Apply = { arguments, text throws(TernError) in
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw error("--set wants NAME=VALUE")
    }
    arguments.settings.append(
      Setting(name: String(text[..<equals]), value: String(text[equals...].dropFirst())))
  }

  /// What `--help` prints.
  public static let help = """
    Usage: tern [OPTIONS] [TARGET] [SQL]

    Runs SQL on the server that TARGET names and prints the rows.
    TARGET is a URI (scheme://user@host/path?option=value) or a keyword string
    (Protocol=...;Server=...;UID=...); without one, TERN_TARGET is used. SQL comes from
    the argument, a file or standard input; statements are separated by ';', and a
    line with only '/' ends one that holds semicolons itself.

      -f, --file FILE       read SQL from FILE ('-': standard input)
      -F, --format FORMAT   table (default), csv, json (JSON lines) or arrow (IPC stream)
      -o, --output FILE     write rows to FILE
          --null TEXT       what stands for NULL in tables and CSV
          --max-rows N      end every result after N rows
      -p, --param VALUE     parameter for the next '?'; --param-null for NULL
          --timeout TIME    stop a statement that has no rows after TIME (seconds, 500ms, 2m)
          --catalog WHAT    ask what the server has, instead of running SQL:
                              \(CatalogQuestion.names.prefix(6).joined(separator: ", ")),
                              \(CatalogQuestion.names.dropFirst(6).joined(separator: ", "));
                            SQL is then a name like SCHEMA.TABLE, '%' stands for anything
      -s, --set NAME=VALUE  set a connection option
          --password-file F read the password from the first line of F
      -W, --password        ask for the password; -w, --no-password: never ask
      -q, --quiet           print errors and rows only
      -v, --verbose         print the log to standard error
      -V, --version         print the version
      -h, --help            print this

    Environment: TERN_TARGET, TERN_PASSWORD (used when the target has no password),
    TERN_HTTP_PASSWORD (the same for http_user),
    TERN_LOG, TERN_LOG_FILE. A password in TARGET can be seen by other users in the list
    of processes.
    Numbers in JSON are exact: decimals and 64-bit integers keep every digit.

    Exit status: 0 success, 1 a statement failed, 2 wrong usage, 3 no connection or
    login, 130 interrupted.
    """
}

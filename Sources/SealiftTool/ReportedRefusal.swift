import JSON
import Reporting

/// A refusal that has more to tell than why: what was found until then.
///
/// With `--json` its members stand beside `error` and `exitCode` in the one object on standard output (design §5).
struct ReportedRefusal: Error, Diagnosable {
    let diagnostic: Diagnostic
    /// The members to add.
    let report: JSONObject
}

"""Looks at install.ps1 without PowerShell, of which there is none on our machines: its tokens, what is forbidden in it, and two of its functions run as Python.

    script = powershell.Script(path)
    script.faults()                                   # in words; empty when only Windows PowerShell 5.1's constructs are used
    convert = powershell.run(script.function("ConvertFrom-DerSignature"))

`run` translates a function line by line. It knows few forms of lines, and refuses every other: what runs is what stands in the script.
"""
import re

# What Windows PowerShell 5.1 does not have (about_… of PowerShell 7), or what behaves otherwise there.
FORBIDDEN = {
    "the ternary operator": r"\?\s*[^:{}\n]+\s:\s",
    "?? and ??=": r"\?\?",
    "?. and ?[": r"\$\{?\w+\}?\?[.\[]",
    "&& and ||": r"&&|\|\|",
    "ForEach-Object -Parallel": r"-Parallel\b",
    "a clean block": r"(?m)^\s*clean\s*\{",
    "ConvertFrom-Json -AsHashtable": r"-AsHashtable\b",
    "Get-Error": r"\bGet-Error\b",
    "Test-Json": r"\bTest-Json\b",
    "Join-Path with more than two parts": r"-AdditionalChildPath\b",
    "a number with a u, y or n behind it": r"(?<![\w$.-])\d+(?:u|y|us|ul|uy|n)\b",
    "`e and `u{}": r"`e|`u\{",
    "Invoke-Expression": r"\b(?:Invoke-Expression|iex)\b",
    "an alias": r"(?m)(?:^|[|;{(]\s*)(?:cat|cd|cp|curl|del|dir|echo|foreach\s+\{|gc|gci|ls|mv|ps|rm|select|sleep|sort|where|wget|\?|%)\s",
    "a download": r"\b(?:Invoke-WebRequest|Invoke-RestMethod|Start-BitsTransfer|WebClient|HttpClient)\b",
}
# Read-only or constant in one of the versions (about_Automatic_Variables): assigning to them fails or misleads.
AUTOMATIC = {"args", "error", "event", "eventargs", "executioncontext", "false", "foreach", "home", "host", "input", "iscoreclr", "islinux", "ismacos",
             "iswindows", "lastexitcode", "matches", "myinvocation", "nestedpromptlevel", "null", "pid", "profile", "psboundparameters", "pscmdlet",
             "pscommandpath", "psculture", "psdebugcontext", "psedition", "pshome", "psitem", "psscriptroot", "pssenderinfo", "psuiculture", "psversiontable",
             "pwd", "sender", "shellid", "stacktrace", "switch", "this", "true"}
TOKEN = re.compile(r"""
    (?P<comment><\#.*?\#>|\#[^\n]*)
  | (?P<single>'(?:[^']|'')*')
  | (?P<double>"(?:[^"`$]|`.|""|\$\((?:[^()"]|\((?:[^()]|\([^()]*\))*\)|"[^"]*")*\)|\$)*")
  | (?P<open>[({\[]) | (?P<close>[)}\]])
  | (?P<other>.)
""", re.VERBOSE | re.DOTALL)
PAIRS = {")": "(", "}": "{", "]": "["}


class Script:
    def __init__(self, text):
        self.text = text
        self.tokens = [(match.lastgroup, match[0], match.start()) for match in TOKEN.finditer(text)]
        # Strings and comments as blanks, so that what is looked for is code.
        self.code = "".join(re.sub(r"[^\n]", " ", token) if kind in ("comment", "single", "double") else token for kind, token, _ in self.tokens)

    def line(self, position):
        return self.text.count("\n", 0, position) + 1

    def faults(self):
        found = [f"line {self.line(match.start())}: {what}: {match[0].strip()!r}"
                 for what, pattern in FORBIDDEN.items() for match in re.finditer(pattern, self.code)]
        found += [f"line {number}: a sign that is not ASCII, a tab or a blank at the end" for number, line in enumerate(self.text.split("\n"), 1)
                  if not line.isascii() or "\t" in line or line != line.rstrip()]
        found += [f"line {self.line(match.start())}: assigns to ${match[1]}, which PowerShell keeps for itself"
                  for match in re.finditer(r"\$(\w+)\s*(?:,\s*\$\w+\s*)*(?:[-+]?=)(?!=)", self.code) if match[1].lower() in AUTOMATIC]
        found += [f"line {self.line(match.start())}: $true, $false or $null on the right of -eq or -ne"
                  for match in re.finditer(r"-(?:eq|ne)\s+\$(?:null)\b", self.code)]
        return found + self.unbalanced() + self.unknown_functions()

    def unbalanced(self):
        """Brackets that do not close, or close what is not open; quotes that do not."""
        open_, found = [], []
        for kind, token, position in self.tokens:
            if kind == "open":
                open_.append((token, position))
            elif kind == "close" and (not open_ or open_.pop()[0] != PAIRS[token]):
                found.append(f"line {self.line(position)}: {token} closes nothing")
            elif kind == "other" and token in "'\"":
                found.append(f"line {self.line(position)}: {token} has no end")
        return found + [f"line {self.line(position)}: {token} is not closed" for token, position in open_]

    def functions(self):
        return re.findall(r"(?m)^function ([\w-]+)", self.text)

    def unknown_functions(self):
        """Calls of functions like our own that nobody defines, and definitions that nobody calls."""
        own, code = self.functions(), self.code + "".join(token for kind, token, _ in self.tokens if kind == "double")
        called = set(re.findall(r"(?<![\w$'-])((?:Get|Test|New|Stop|Read|Write|Copy|Invoke|Confirm|Select|Remove|Lock|Install|ConvertTo|ConvertFrom)-[A-Z]\w+)", code))
        return ([f"{name} is called, and neither ours nor a command that is known" for name in sorted(called - set(own) - COMMANDS)]
                + [f"{name} is nobody's" for name in own if len(re.findall(rf"(?<![\w-]){name}(?![\w-])", code)) < 2])

    def function(self, name):
        """The text of a function: header, body lines, without comments."""
        start = self.text.index(f"function {name}(")
        body = self.text[start:self.text.index("\n}\n", start)]
        return [line for line in body.split("\n") if line.strip() and not line.strip().startswith("#")]

    def table(self, name):
        """The keys of a hash table at the outermost level, in order."""
        body = self.text[self.text.index(f"\n${name} = @{{\n"):]
        return re.findall(r"(?m)^    '([\w.-]+)' = ", body[:body.index("\n}\n")])


# Of Windows PowerShell 5.1 and its modules CimCmdlets, Dism, NetTCPIP, Microsoft.PowerShell.*.
COMMANDS = {"Get-CimInstance", "Get-Item", "Get-ItemProperty", "Get-NetRoute", "Get-Variable", "Get-WindowsCapability", "Get-WindowsOptionalFeature", "New-Item",
            "New-Object", "Test-Path", "Read-Host", "Write-Host", "Copy-Item", "Remove-Item", "Select-Object", "ConvertFrom-Json", "ConvertTo-Json", "Get-Date"}

# The forms of lines that `run` knows, and what they are in Python.
NAME, SUM = r"\$(\w+)", r"[\w$.\[\] +-]+?"
FORMS = (
    (rf"return \$null", "return None"),
    (rf"return {NAME}", r"return \1"),
    (rf"if \((.+)\) {{ return \$null }}", r"if \1: return None"),
    (rf"if \((.+)\) {{", r"if \1:"),
    (rf"foreach \({NAME} in ([\d, ]+)\) {{", r"for \1 in (\2):"),
    (rf"{NAME} = New-Object byte\[\] (\d+)", r"\1 = bytearray(\2)"),
    (rf"{NAME} = \[int\] ({SUM})", r"\1 = int(\2)"),
    (rf"{NAME} = ({SUM})", r"\1 = \2"),
    (rf"\[Array\]::Copy\({NAME}, {NAME}, {NAME}, ({SUM}), {NAME}\)", r"\3[\4:(\4) + \5] = \1[\2:\2 + \5]"),
)
WORDS = ((r" -eq ", " == "), (r" -ne ", " != "), (r" -lt ", " < "), (r" -gt ", " > "), (r" -ge ", " >= "), (r" -and ", " and "), (r" -or ", " or "),
         (r"\$(\w+)\.Length", r"len(\1)"), (r"\$(\w+)", r"\1"))


def run(lines):
    """A function of the script as a function of Python, translated line by line."""
    name, parameter = re.fullmatch(r"function ([\w-]+)\(\[byte\[\]\] \$(\w+)\) {", lines[0]).groups()
    made, depth = [f"def function({parameter}):"], 1
    for line in lines[1:]:
        text = line.strip()
        if text == "}":
            depth -= 1
            continue
        for form, python in FORMS:
            match = re.fullmatch(form, text)
            if match:
                break
        else:
            raise ValueError(f"{name} has a line of an unknown form: {text}")
        made.append("    " * depth + translated(match.expand(python)))
        depth += text.endswith("{")
    space = {}
    exec("\n".join(made), space)  # the text is our own
    return space["function"]


def translated(text):
    for form, python in WORDS:
        text = re.sub(form, python, text)
    return text

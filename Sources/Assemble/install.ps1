<#
.SYNOPSIS
Installs a sealift bundle on Windows: checks its signature, its files and this machine, then does its steps.

.DESCRIPTION
The same script in every bundle. What is installed, what the machine must have and which steps are done stands in the bundle's
manifest.json, whose digest stands in SHA256SUMS, which a key that you name must have signed. Nothing of the bundle is used before.
For 64-bit Windows PowerShell 5.1, started as administrator. With -CheckOnly also for PowerShell 7 on Windows.

Exit codes: 0 done; 2 usage; 3 not trusted; 4 this machine does not meet the requirements; 7 a step failed, run again to go on with it;
8 refused by policy; 9 another run is at work; 10 input or output; 11 damaged; 12 so far done: reboot and run again.

.PARAMETER Bundle
The folder of the bundle; without it, the folder of this script.
.PARAMETER Key
Files with public keys (PEM, ECDSA P-256) that this site trusts. Not from the medium with the bundle.
.PARAMETER Fingerprint
Fingerprints of such keys: SHA256: and at least 32 hexadecimal digits.
.PARAMETER Role
What this machine becomes, where the bundle offers several roles.
.PARAMETER Set
Values, each NAME=value. Not for secrets: they are asked for, or stand in a file for -Values.
.PARAMETER Values
A file with one NAME=value a line; lines that begin with # are skipped.
.PARAMETER Site
Takes the values of sites\NAME.env beside the bundle, whatever this machine is called.
.PARAMETER Ignore
Names of requirements whose failure is taken as a warning.
.PARAMETER CheckOnly
Checks the bundle and this machine, and changes nothing.
.PARAMETER WhatIf
Also says what would be done, and changes nothing.
.PARAMETER AllowDowngrade
Takes a bundle that is older than what was installed.
.PARAMETER Yes
Does not ask.
#>
[CmdletBinding()]
param(
    [string] $Bundle = $PSScriptRoot,
    [string[]] $Key = @(),
    [string[]] $Fingerprint = @(),
    [string] $Role = '',
    [string[]] $Set = @(),
    [string] $Values = '',
    [string] $Site = '',
    [string[]] $Ignore = @(),
    [switch] $CheckOnly,
    [switch] $WhatIf,
    [switch] $AllowDowngrade,
    [switch] $Yes
)

Set-StrictMode -Version 1
$ErrorActionPreference = 'Stop'

# ---- Words and exit codes ----------------------------------------------------------------------------------------------------

$ExitCodes = @{
    Done = 0; Internal = 1; Usage = 2; NotTrusted = 3; Requirements = 4; StepFailed = 7; Policy = 8; Busy = 9; InputOutput = 10
    Damaged = 11; Reboot = 12
}
$Warnings = New-Object System.Collections.ArrayList

function Stop-Here([string] $Code, [string] $What, [string] $Next) {
    $exception = New-Object System.Exception $What
    $exception.Data['code'] = $Code
    $exception.Data['next'] = $Next
    throw $exception
}

function Write-Words([string] $Kind, [string] $What, [string] $Next) {
    [Console]::Error.WriteLine("install.ps1: ${Kind}: $What")
    if ($Next) { [Console]::Error.WriteLine("install.ps1:   next: $Next") }
}

function Write-Doubt([string] $What, [string] $Next) {
    [void] $Warnings.Add($What)
    Write-Words 'warning' $What $Next
}

# The member of an object that came from JSON; $null when it has none of that name.
function Get-Field($Object, [string] $Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    return ,$property.Value
}

function Test-Role($Item, [string] $Role) {
    $roles = Get-Field $Item 'roles'
    return ($null -eq $roles) -or ($roles -ccontains $Role)
}

# ---- Bytes, digests, signatures ----------------------------------------------------------------------------------------------

function Get-Hex([byte[]] $Bytes) {
    return ([System.BitConverter]::ToString($Bytes) -replace '-', '').ToLowerInvariant()
}

# This provider works where the policy for FIPS is on, too.
function Get-Sha256([byte[]] $Bytes) {
    $sha = New-Object System.Security.Cryptography.SHA256CryptoServiceProvider
    try { return ,$sha.ComputeHash($Bytes) } finally { $sha.Dispose() }
}

function Get-FileSha256([string] $Path) {
    $sha = New-Object System.Security.Cryptography.SHA256CryptoServiceProvider
    $stream = [System.IO.File]::Open($Path, 'Open', 'Read', 'Read')
    try { return Get-Hex $sha.ComputeHash($stream) } finally { $stream.Dispose(); $sha.Dispose() }
}

# An ECDSA signature for P-256 from DER, SEQUENCE { r INTEGER, s INTEGER } (RFC 3279, 2.2.3), to r and s with 32 bytes each, as
# .NET takes it (IEEE P1363). $null for anything but the one DER spelling of two such numbers.
# Tests/Lab/test_install_script.py runs these lines: one statement a line, no others than it knows.
function ConvertFrom-DerSignature([byte[]] $Der) {
    $raw = New-Object byte[] 64
    if ($Der.Length -lt 8) { return $null }
    if ($Der[0] -ne 0x30) { return $null }
    if ($Der[1] -ne $Der.Length - 2) { return $null }
    $at = 2
    foreach ($end in 32, 64) {
        if ($at + 3 -gt $Der.Length) { return $null }
        if ($Der[$at] -ne 0x02) { return $null }
        $length = [int] $Der[$at + 1]
        $first = $at + 2
        $at = $first + $length
        if ($length -lt 1) { return $null }
        if ($at -gt $Der.Length) { return $null }
        if ($Der[$first] -ge 0x80) { return $null }
        if ($length -gt 1 -and $Der[$first] -eq 0 -and $Der[$first + 1] -lt 0x80) { return $null }
        if ($Der[$first] -eq 0) {
            $first = $first + 1
            $length = $length - 1
        }
        if ($length -gt 32) { return $null }
        [Array]::Copy($Der, $first, $raw, $end - $length, $length)
    }
    if ($at -ne $Der.Length) { return $null }
    return $raw
}

# The DER of a public key from its PEM (RFC 7468).
function ConvertFrom-Pem([byte[]] $Bytes, [string] $Name) {
    $text = [System.Text.Encoding]::ASCII.GetString($Bytes)
    $match = [regex]::Match($text, '\A\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*\z')
    if (-not $match.Success) { Stop-Here 'NotTrusted' "cannot use the key $Name" 'give a public key in PEM: -----BEGIN PUBLIC KEY-----' }
    try { return ,[System.Convert]::FromBase64String(($match.Groups[1].Value -replace '\s', '')) } catch {
        Stop-Here 'NotTrusted' "cannot use the key ${Name}: it is damaged" 'get it again from where the site keeps it'
    }
}

# SubjectPublicKeyInfo of a P-256 key (RFC 5480): these bytes, then X and Y with 32 bytes each.
$P256Prefix = '3059301306072a8648ce3d020106082a8648ce3d03010703420004'

function Test-Signature([byte[]] $Spki, [byte[]] $Signature, [byte[]] $Message) {
    $raw = ConvertFrom-DerSignature $Signature
    if ($null -eq $raw) { return $false }
    # BCRYPT_ECCKEY_BLOB: BCRYPT_ECDSA_PUBLIC_P256_MAGIC ('ECS1'), the length of a coordinate, X, Y.
    [byte[]] $blob = [byte[]] (0x45, 0x43, 0x53, 0x31, 0x20, 0x00, 0x00, 0x00) + $Spki[27..90]
    $format = [System.Security.Cryptography.CngKeyBlobFormat]::EccPublicBlob
    $cng = [System.Security.Cryptography.CngKey]::Import($blob, $format)
    $ecdsa = New-Object System.Security.Cryptography.ECDsaCng $cng
    try { return $ecdsa.VerifyHash((Get-Sha256 $Message), [byte[]] $raw) } finally { $ecdsa.Dispose(); $cng.Dispose() }
}

# ---- Reading the bundle ------------------------------------------------------------------------------------------------------

# A file of the bundle: a real one, no link.
function Get-BundleFile([string] $Name) {
    $path = Join-Path $Bundle ($Name -replace '/', '\')
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return $null }
    $place = $path
    while ($place.Length -gt $Bundle.Length) {
        $item = Get-Item -LiteralPath $place -Force
        if ($item.Attributes -band [System.IO.FileAttributes]::ReparsePoint) {
            Stop-Here 'Damaged' "cannot accept the bundle: $Name is a link" 'copy the bundle again from where it was built'
        }
        $place = Split-Path -Parent $place
    }
    return Get-Item -LiteralPath $path -Force
}

function Read-BundleFile([string] $Name, [int] $Limit) {
    $file = Get-BundleFile $Name
    if ($null -eq $file) { return $null }
    if ($file.Length -gt $Limit) {
        Stop-Here 'Damaged' "cannot accept the bundle: $Name is larger than $Limit bytes" 'copy the bundle again from where it was built'
    }
    return ,[System.IO.File]::ReadAllBytes($file.FullName)
}

# The keys that this site trusts: key id, DER, and where they came from.
function Get-Pins {
    foreach ($path in $Key) {
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) {
            Stop-Here 'NotTrusted' "there is no key file $path" 'give -Key with the site''s public key'
        }
        $full = (Get-Item -LiteralPath $path -Force).FullName
        $inside = $full.StartsWith($Bundle.TrimEnd('\') + '\', [System.StringComparison]::OrdinalIgnoreCase)
        if ($inside) {
            Stop-Here 'NotTrusted' "the key $path lies inside the bundle it should vouch for" 'take the key from where the site keeps it'
        }
        if ([System.IO.Path]::GetPathRoot($full) -eq [System.IO.Path]::GetPathRoot($Bundle) -and $full -notlike "$env:SystemDrive*") {
            Write-Doubt "the key $path is on the same medium as the bundle" 'keep the site''s key elsewhere'
        }
        $der = ConvertFrom-Pem ([System.IO.File]::ReadAllBytes($full)) $path
        @{ Digits = Get-Hex (Get-Sha256 $der); Spki = $der; Origin = $path }
    }
    foreach ($text in $Fingerprint) {
        $digits = ($text -replace '^(?i)SHA256:', '' -replace '[ -]', '').ToLowerInvariant()
        if ($digits -notmatch '\A[0-9a-f]{32,64}\z') {
            Stop-Here 'Usage' "cannot read the fingerprint $text" 'give SHA256: and at least 32 of the 64 hexadecimal digits'
        }
        @{ Digits = $digits; Spki = $null; Origin = "-Fingerprint $text" }
    }
}

# The fingerprints of the pinned keys that have signed; refuses when there is none, or a signature does not verify.
function Get-Vouchers([byte[]] $Sums) {
    $pins = @(Get-Pins)
    if ($pins.Count -eq 0) {
        Stop-Here 'NotTrusted' "cannot trust ${Bundle}: no key is pinned" 'give -Key with the site''s public key, or -Fingerprint from the work order'
    }
    $found = @()
    foreach ($pin in $pins) {
        $id = $pin.Digits.Substring(0, 16)
        $signature = Read-BundleFile "signatures/$id.sig" 1024
        if ($null -eq $signature) { continue }
        $spki = $pin.Spki
        if ($null -eq $spki) {
            $pem = Read-BundleFile "signatures/$id.pub" 4096
            if ($null -eq $pem) { continue }
            $spki = ConvertFrom-Pem $pem "signatures/$id.pub"
            if (-not (Get-Hex (Get-Sha256 $spki)).StartsWith($pin.Digits)) {
                Stop-Here 'NotTrusted' "cannot trust ${Bundle}: signatures/$id.pub is not the pinned key" 'give the whole public key with -Key'
            }
        }
        if ($spki.Length -ne 91 -or -not (Get-Hex $spki).StartsWith($P256Prefix)) {
            Stop-Here 'NotTrusted' "cannot use the key $($pin.Origin): it is not ECDSA on P-256" 'sign bundles for Windows with such a key'
        }
        if (-not (Test-Signature $spki $signature $Sums)) {
            Stop-Here 'NotTrusted' "cannot trust ${Bundle}: the signature of key $id does not verify" 'get the bundle again from who built it'
        }
        $found += 'SHA256:' + (Get-Hex (Get-Sha256 $spki))
    }
    if ($found.Count -eq 0) {
        Stop-Here 'NotTrusted' "cannot trust ${Bundle}: no pinned key has signed it" 'if another key is right for this site, pin that one'
    }
    return ,$found
}

# Name to digest of SHA256SUMS, whose signature has been checked (docs/format.md, 4).
function ConvertFrom-Sums([byte[]] $Bytes) {
    $digests = New-Object 'System.Collections.Generic.Dictionary[string,string]' ([System.StringComparer]::Ordinal)
    $text = [System.Text.Encoding]::ASCII.GetString($Bytes)
    foreach ($line in ($text -split "`n")) {
        if ($line -eq '') { continue }
        $match = [regex]::Match($line, '\A([0-9a-f]{64})  ((?:[A-Za-z0-9._+][A-Za-z0-9._+-]*)(?:/[A-Za-z0-9._+][A-Za-z0-9._+-]*)*)\z')
        $name = $match.Groups[2].Value
        if (-not $match.Success -or $name -match '(\A|/)\.{1,2}(/|\z)' -or $digests.ContainsKey($name)) {
            Stop-Here 'Damaged' 'cannot read SHA256SUMS, though its signature is good' 'report this to who built the bundle'
        }
        $digests.Add($name, $match.Groups[1].Value)
    }
    return $digests
}

function Stop-Damaged([string] $Name) {
    Stop-Here 'Damaged' "cannot accept the bundle: $Name is not what was signed" "copy $Name again from where the bundle was built"
}

# ConvertFrom-Json of Windows PowerShell takes no more than 2 MB.
function Get-Manifest($Digests) {
    $bytes = Read-BundleFile 'manifest.json' 2097152
    if ($null -eq $bytes -or -not $Digests.ContainsKey('manifest.json')) {
        Stop-Here 'Damaged' 'cannot accept the bundle: manifest.json is missing' 'copy the bundle again from where it was built'
    }
    if ((Get-Hex (Get-Sha256 $bytes)) -ne $Digests['manifest.json']) { Stop-Damaged 'manifest.json' }
    return [System.Text.Encoding]::UTF8.GetString($bytes) | ConvertFrom-Json
}

# PowerShell 7 makes dates of such texts, 5.1 does not.
function Get-Moment($Value) {
    if ($Value -is [datetime]) { return $Value.ToUniversalTime() }
    $style = [System.Globalization.DateTimeStyles] 'AssumeUniversal, AdjustToUniversal'
    return [datetime]::Parse($Value, [System.Globalization.CultureInfo]::InvariantCulture, $style)
}

function Get-MomentText($Value) { return (Get-Moment $Value).ToString('yyyy-MM-ddTHH:mm:ssZ') }

# ---- What a machine must have: one row a kind (docs/format.md, 10) -----------------------------------------------------------

# Each gives what was measured, what is asked for, and whether it holds; $null where that is not known.
function New-Finding($Holds, [string] $Measured, [string] $Limit) { return @{ Holds = $Holds; Measured = $Measured; Limit = $Limit } }

function Get-Size([double] $Bytes) {
    if ($Bytes -ge 1073741824) { return '{0:0.0} GiB' -f ($Bytes / 1073741824) }
    return '{0:0} MiB' -f ($Bytes / 1048576)
}

function Get-System { return Get-CimInstance -ClassName Win32_ComputerSystem }

# The first bits of an IPv4 address, as a number.
function Get-Prefix([string] $Address, [int] $Bits) {
    $number = [double] 0
    foreach ($byte in [System.Net.IPAddress]::Parse($Address).GetAddressBytes()) { $number = $number * 256 + $byte }
    return [Math]::Floor($number / [Math]::Pow(2, 32 - $Bits))
}

$Checks = @{
    'cores' = {
        param($Rule)
        $found = (Get-System).NumberOfLogicalProcessors
        New-Finding ($found -ge $Rule.minimum) "$found" "at least $($Rule.minimum)"
    }
    'memory' = {
        param($Rule)
        # Firmware keeps some: up to 8 % less counts as met.
        $found = (Get-System).TotalPhysicalMemory
        New-Finding ($found -ge $Rule.minimum * 0.92) (Get-Size $found) "at least $(Get-Size $Rule.minimum)"
    }
    'free-memory' = {
        param($Rule)
        $found = 1024 * (Get-CimInstance -ClassName Win32_OperatingSystem).FreePhysicalMemory
        New-Finding ($found -ge $Rule.minimum) (Get-Size $found) "at least $(Get-Size $Rule.minimum)"
    }
    'disk' = {
        param($Rule)
        $drive = New-Object System.IO.DriveInfo ([System.IO.Path]::GetPathRoot($Home_))
        $found = $drive.AvailableFreeSpace - $Needed
        New-Finding ($found -ge $Rule.minimum) (Get-Size $found) "at least $(Get-Size $Rule.minimum) on $($drive.Name) besides the bundle"
    }
    'growth' = {
        param($Rule)
        $drive = New-Object System.IO.DriveInfo ([System.IO.Path]::GetPathRoot($Home_))
        $found = $drive.AvailableFreeSpace - $Needed
        New-Finding ($found -ge $Rule.estimate) (Get-Size $found) "about $(Get-Size $Rule.estimate) on $($drive.Name) besides the bundle"
    }
    'windows-edition' = {
        param($Rule)
        $version = Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
        $holds = ($Rule.editions -contains $version.EditionID) -and ([int] $version.CurrentBuildNumber -ge $Rule.build)
        New-Finding $holds "$($version.EditionID), build $($version.CurrentBuildNumber)" "build $($Rule.build) or newer of $($Rule.editions -join ', ')"
    }
    'windows-activation' = {
        param($Rule)
        $filter = "ApplicationID = '55c92734-d682-4d71-983e-d6ec3f16059f' AND PartialProductKey IS NOT NULL"
        $states = @(Get-CimInstance -ClassName SoftwareLicensingProduct -Filter $filter | ForEach-Object { $_.LicenseStatus })
        New-Finding ($states -contains 1) "licence status $($states -join ', ')" 'licence status 1 (licensed)'
    }
    'windows-feature' = {
        param($Rule)
        $missing = @()
        foreach ($name in $Rule.features) {
            $feature = $null
            # Not every name is an optional feature; the others are capabilities.
            try { $feature = Get-WindowsOptionalFeature -Online -FeatureName $name } catch { $feature = $null }
            if ($null -ne $feature) { $on = "$($feature.State)" -eq 'Enabled' } else {
                $on = @(Get-WindowsCapability -Online -Name "$name*" | Where-Object { "$($_.State)" -eq 'Installed' }).Count -gt 0
            }
            if (-not $on) { $missing += $name }
        }
        $measured = 'all are'
        if ($missing.Count -gt 0) { $measured = "missing: $($missing -join ', ')" }
        New-Finding ($missing.Count -eq 0) $measured "on: $($Rule.features -join ', ')"
    }
    'virtualization' = {
        param($Rule)
        $cpu = @(Get-CimInstance -ClassName Win32_Processor)[0]
        $holds = (Get-System).HypervisorPresent -or ($cpu.VirtualizationFirmwareEnabled -and $cpu.SecondLevelAddressTranslationExtensions)
        $measured = 'off'
        if ($holds) { $measured = 'on' }
        New-Finding $holds $measured 'virtualization by the processor, with second level address translation'
    }
    'network-adapter' = {
        param($Rule)
        $up = @(Get-CimInstance -ClassName Win32_NetworkAdapterConfiguration -Filter 'IPEnabled = TRUE')
        $good = @($up | Where-Object { @($_.IPAddress) -match '^\d+\.' -and @($_.DefaultIPGateway) -match '^\d+\.' })
        $names = @($good | ForEach-Object { $_.Description }) -join ', '
        if (-not $names) { $names = "$($up.Count) up, none with an IPv4 address and a gateway" }
        New-Finding ($good.Count -gt 0) $names 'an adapter that is up, with an IPv4 address and a default gateway'
    }
    'route-overlap' = {
        param($Rule)
        $bad = @()
        foreach ($route in @(Get-NetRoute -AddressFamily IPv4)) {
            $address, $bits = $route.DestinationPrefix -split '/'
            foreach ($network in $Rule.networks) {
                $base, $length = $network -split '/'
                if ([int] $bits -ge [int] $length -and (Get-Prefix $address $length) -eq (Get-Prefix $base $length)) { $bad += $route.DestinationPrefix }
            }
        }
        $measured = 'none'
        if ($bad.Count -gt 0) { $measured = $bad -join ', ' }
        New-Finding ($bad.Count -eq 0) $measured "no route in $($Rule.networks -join ', ')"
    }
    'product-absent' = {
        param($Rule)
        $keys = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\*', 'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\*'
        $names = @(Get-ItemProperty -Path $keys -ErrorAction SilentlyContinue | ForEach-Object { Get-Field $_ 'DisplayName' })
        $found = @(foreach ($product in $Rule.products) { $names | Where-Object { "$_".StartsWith($product) } })
        $measured = 'none'
        if ($found.Count -gt 0) { $measured = $found -join ', ' }
        New-Finding ($found.Count -eq 0) $measured "absent: $($Rule.products -join ', ')"
    }
}

# What our own installation made is no obstacle to going on with it.
$ChecksBeforeSteps = 'product-absent', 'route-overlap', 'free-memory'

function Test-Machine($Manifest, [string] $Role, [bool] $HasBegun) {
    $failed = @()
    foreach ($rule in $Manifest.requirements) {
        if (-not (Test-Role $rule $Role)) { continue }
        if ($HasBegun -and $ChecksBeforeSteps -contains $rule.kind) { continue }
        if (-not $Checks.ContainsKey($rule.kind)) {
            Stop-Here 'Policy' "the bundle asks for something that this script does not know: $($rule.kind)" 'take install.ps1 of a newer release'
        }
        try { $finding = & $Checks[$rule.kind] $rule } catch { $finding = New-Finding $null "not known: $($_.Exception.Message)" '' }
        $verdict = 'ok'
        if ($null -eq $finding.Holds) { $verdict = 'unknown' } elseif (-not $finding.Holds) { $verdict = $rule.severity }
        if ($verdict -eq 'fail' -and $Ignore -contains $rule.id) { $verdict = 'warn' }
        Write-Host ('{0,-8} {1,-28} {2} ({3})' -f $verdict, $rule.id, $finding.Measured, $finding.Limit)
        if ($verdict -eq 'ok') { continue }
        $fix = Get-Field $rule 'fix'
        Write-Host "         $($rule.reason)"
        if ($fix) { Write-Host "         fix: $fix" }
        if ($verdict -eq 'fail') { $failed += $rule.id } else { [void] $Warnings.Add("$($rule.id): $($finding.Measured)") }
    }
    if ($failed.Count -gt 0) {
        Stop-Here 'Requirements' "this machine does not meet: $($failed -join ', ')" 'do what stands beside fix above, then run again'
    }
}

# ---- Values and templates (docs/format.md, 9) --------------------------------------------------------------------------------

function Test-Address([string] $Text, [string] $Family) {
    $address = $null
    if (-not [System.Net.IPAddress]::TryParse($Text, [ref] $address)) { return $false }
    if ($Text.Contains('%')) { return $false }
    $isV4 = ($address.AddressFamily -eq 'InterNetwork') -and ($address.ToString() -eq $Text)
    $isV6 = $address.AddressFamily -eq 'InterNetworkV6'
    return ($isV4 -and $Family -ne 'ipv6') -or ($isV6 -and $Family -ne 'ipv4')
}

function Test-Network([string] $Text) {
    $address, $bits = $Text -split '/'
    if (-not (Test-Address $address 'ipv4') -or "$bits" -notmatch '\A([0-9]|[12][0-9]|3[0-2])\z') { return $false }
    return (Get-Prefix $address 32) -eq (Get-Prefix $address $bits) * [Math]::Pow(2, 32 - $bits)
}

$HostPattern = '\A(?=.{1,253}\z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z'

$Types = @{
    'string' = { param($Text) $Text -cmatch '\A[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]{1,4096}\z' }
    'secret' = { param($Text) $Text -cmatch '\A[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]{1,4096}\z' }
    'token' = { param($Text) $Text -cmatch '\A[A-Za-z0-9._~+/=:-]{1,8192}\z' }
    'integer' = { param($Text) $Text -cmatch '\A(0|-?[1-9][0-9]{0,15})\z' -and [Math]::Abs([decimal] $Text) -lt 9007199254740992 }
    'boolean' = { param($Text) $Text -cmatch '\A(true|false)\z' }
    'ipv4' = { param($Text) Test-Address $Text 'ipv4' }
    'ipv6' = { param($Text) Test-Address $Text 'ipv6' }
    'ip' = { param($Text) Test-Address $Text '' }
    'cidr' = { param($Text) Test-Network $Text }
    'hostname' = { param($Text) $Text -cmatch $HostPattern }
    'port' = { param($Text) $Text -cmatch '\A[1-9][0-9]{0,4}\z' -and [int] $Text -le 65535 }
    'enum' = { param($Text, $Variable) $Variable.values -ccontains $Text }
    'https-url' = { param($Text) $Text -cmatch '\Ahttps://[^\s"\\<>^`{|}@]+\z' }
    'url' = { param($Text) $Text -cmatch '\Ahttps?://[^\s"\\<>^`{|}@]+\z' }
}

# Never shown, logged, kept, or taken from the command line.
$SecretTypes = 'secret', 'token'

# A file of values (docs/format.md, 9.1).
function Read-ValueFile([string] $Path) {
    $found = @{}
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { Stop-Here 'Usage' "there is no file $Path" 'correct -Values or -Site' }
    if ((Get-Item -LiteralPath $Path -Force).Length -gt 1048576) { Stop-Here 'Usage' "$Path is larger than 1 MiB" 'give a file of lines NAME=value' }
    foreach ($line in [System.IO.File]::ReadAllLines($Path)) {
        $text = $line.Trim()
        if ($text -eq '' -or $text.StartsWith('#')) { continue }
        $match = [regex]::Match($text, '\A([A-Z][A-Z0-9_]{0,63})\s*=\s*(.*)\z')
        $name = $match.Groups[1].Value
        if (-not $match.Success -or $found.ContainsKey($name)) { Stop-Here 'Usage' "cannot read a line of $Path, or it gives a name twice" 'write each NAME=value once' }
        $found[$name] = $match.Groups[2].Value -replace '\A(["''])(.*)\1\z', '$2'
    }
    return $found
}

# The file of this machine in the folder sites beside the bundle's; $null when there is none.
function Get-SiteFile([string] $BundleName) {
    $parent = Split-Path -Parent $Bundle
    if (-not $parent) { return $null }
    $sites = Join-Path $parent 'sites'
    $names = @($Site)
    if ($Site -eq '') {
        $serials = @(Get-CimInstance -ClassName Win32_BIOS) + @(Get-CimInstance -ClassName Win32_BaseBoard)
        $names = @($serials | ForEach-Object { "$($_.SerialNumber)".Trim() }) + @([System.Environment]::MachineName)
    }
    foreach ($name in $names) {
        # What makers leave in the field is no name.
        if ($name -match '\A[0\s.]*\z|O\.E\.M|Default string|None') { continue }
        $file = ($name -replace '[^A-Za-z0-9._-]', '-') + '.env'
        foreach ($folder in (Join-Path $sites $BundleName), $sites) {
            $path = Join-Path $folder $file
            if (Test-Path -LiteralPath $path -PathType Leaf) { return $path }
        }
    }
    if ($Site -ne '') { Stop-Here 'Usage' "there is no file $Site.env in $sites" 'correct -Site' }
    return $null
}

# What files say; those of the command line go before those of the site.
function Get-GivenValues($Manifest) {
    $found = @{}
    $path = Get-SiteFile $Manifest.name
    foreach ($file in $path, $Values) {
        if (-not $file) { continue }
        Write-Host "values from $file"
        $read = Read-ValueFile $file
        foreach ($name in $read.Keys) { $found[$name] = $read[$name] }
    }
    return $found
}

# The values of this site by name; what is missing and needed is asked for.
function Get-SiteValues($Variables, [hashtable] $Given, $Known) {
    $found = $Given.Clone()
    $found.Remove('SEALIFT_ROLE')
    foreach ($text in $Set) {
        $match = [regex]::Match($text, '\A([A-Z][A-Z0-9_]{0,63})=(.*)\z')
        if (-not $match.Success) { Stop-Here 'Usage' 'cannot read a value of -Set' 'write -Set NAME=value' }
        $name = $match.Groups[1].Value
        $secret = @($Variables | Where-Object { $_.name -ceq $name -and $SecretTypes -contains $_.type }).Count -gt 0
        if ($secret) { Stop-Here 'Usage' "$name is a secret: command lines are kept and can be read" 'give it in a file with -Values' }
        $found[$name] = $match.Groups[2].Value
    }
    foreach ($name in $found.Keys) {
        if ($Known -cnotcontains $name) { Stop-Here 'Usage' "the bundle has no variable $name" "its variables: $($Known -join ', ')" }
    }
    foreach ($variable in $Variables) {
        $name = $variable.name
        $default = Get-Field $variable 'default'
        if (-not $found.ContainsKey($name) -and $null -ne $default) { $found[$name] = $default }
        if (-not $found.ContainsKey($name) -and $variable.required) {
            if ($Yes -or $CheckOnly) { Stop-Here 'Usage' "a value is missing: $name, $($variable.ask)" 'give it with -Set NAME=value or -Values FILE' }
            $found[$name] = Read-Answer $variable
        }
        if ($found.ContainsKey($name) -and -not (& $Types[$variable.type] $found[$name] $variable)) {
            Stop-Here 'Usage' "cannot use the value of ${name}: it is no $($variable.type)" 'correct it, then run again'
        }
    }
    return $found
}

function Read-Answer($Variable) {
    if ($SecretTypes -notcontains $Variable.type) { return Read-Host "$($Variable.name): $($Variable.ask)" }
    $typed = Read-Host "$($Variable.name): $($Variable.ask)" -AsSecureString
    return (New-Object System.Management.Automation.PSCredential 'x', $typed).GetNetworkCredential().Password
}

function ConvertTo-TemplateValue([string] $Text, [string] $Type, [string] $Format) {
    if ($Format -eq 'plain') { return $Text }
    if ($Format -ne 'env' -and ('integer', 'port', 'boolean') -contains $Type) { return $Text }
    $escaped = $Text -replace '(["\\])', '\$1'
    if ($Format -eq 'env') { $escaped = $escaped -replace '([$`])', '\$1' }
    return '"' + $escaped + '"'
}

# A line whose variable has no value is left out.
function ConvertFrom-Template([string] $Text, $Variables, [hashtable] $Found, [string] $Format) {
    $result = New-Object System.Text.StringBuilder
    foreach ($line in [regex]::Matches($Text, '[^\n]*\n|[^\n]+\z')) {
        $made = New-Object System.Text.StringBuilder
        $at = 0
        $complete = $true
        foreach ($mark in [regex]::Matches($line.Value, '\$\$|\$\{([A-Z][A-Z0-9_]{0,63})\}')) {
            [void] $made.Append($line.Value.Substring($at, $mark.Index - $at))
            $at = $mark.Index + $mark.Length
            $name = $mark.Groups[1].Value
            if ($name -eq '') { [void] $made.Append('$') } elseif ($Found.ContainsKey($name)) {
                $type = @($Variables | Where-Object { $_.name -ceq $name })[0].type
                [void] $made.Append((ConvertTo-TemplateValue $Found[$name] $type $Format))
            } else { $complete = $false }
        }
        if ($complete) { [void] $result.Append($made.ToString() + $line.Value.Substring($at)) }
    }
    return $result.ToString()
}

# ---- A folder closed to users ------------------------------------------------------------------------------------------------

# Administrators and the system may do everything, nobody else anything; nothing is inherited.
function New-ClosedFolder([string] $Path) {
    $item = New-Item -ItemType Directory -Path $Path -Force
    if ($item.Attributes -band [System.IO.FileAttributes]::ReparsePoint) { Stop-Here 'Policy' "$Path is a link" 'find out who made it, and take it away' }
    $acl = New-Object System.Security.AccessControl.DirectorySecurity
    $acl.SetAccessRuleProtection($true, $false)
    $administrators = New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-32-544'
    $system = New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-18'
    foreach ($who in $administrators, $system) {
        $rule = New-Object System.Security.AccessControl.FileSystemAccessRule $who, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow'
        $acl.AddAccessRule($rule)
    }
    $acl.SetOwner($administrators)
    Set-Acl -LiteralPath $Path -AclObject $acl
}

# At any moment the old file or the new one.
function Write-File([string] $Path, [string] $Text) {
    $new = "$Path.new"
    [System.IO.File]::WriteAllText($new, $Text, (New-Object System.Text.UTF8Encoding $false))
    $none = [System.Management.Automation.Language.NullString]::Value
    if (Test-Path -LiteralPath $Path) { [System.IO.File]::Replace($new, $Path, $none) } else { [System.IO.File]::Move($new, $Path) }
}

# Copies an entry's file to its place and takes the digest of the copy, which no user can change any more.
function Copy-Entry($Entry, [string] $Folder) {
    $name = 'payload/' + $Entry.path
    $target = Get-Target $Entry $Folder
    [void] (New-Item -ItemType Directory -Path (Split-Path -Parent $target) -Force)
    if ((Test-Path -LiteralPath $target -PathType Leaf) -and (Get-FileSha256 $target) -eq $Entry.sha256) { return }
    $source = Get-BundleFile $name
    if ($null -eq $source) { Stop-Here 'Damaged' "cannot accept the bundle: $name is missing" 'copy it again from where the bundle was built' }
    if ($source.Length -ne $Entry.size) { Stop-Damaged $name }
    Copy-Item -LiteralPath $source.FullName -Destination $target -Force
    if ((Get-FileSha256 $target) -ne $Entry.sha256) {
        Remove-Item -LiteralPath $target -Force
        Stop-Damaged $name
    }
    Unblock-File -LiteralPath $target
}

function Get-Target($Entry, [string] $Folder) {
    $place = Get-Field $Entry 'destination'
    if ($null -eq $place) { $place = $Entry.path }
    return Join-Path $Folder ($place -replace '/', '\')
}

# ---- Steps (docs/format.md, 11) ----------------------------------------------------------------------------------------------

# The programs that steps may run, by full path: nothing is looked for on a search path or a medium.
$Programs = @{
    'certutil.exe' = { Join-Path ([System.Environment]::SystemDirectory) 'certutil.exe' }
    'msiexec.exe' = { Join-Path ([System.Environment]::SystemDirectory) 'msiexec.exe' }
    'powershell.exe' = { Join-Path ([System.Environment]::SystemDirectory) 'WindowsPowerShell\v1.0\powershell.exe' }
}

# One argument as CommandLineToArgvW reads it back: in quotes, those inside and the backslashes before them with a backslash.
function ConvertTo-Argument([string] $Text) {
    if ($Text -match '\A[A-Za-z0-9_./:=*,\\-]+\z') { return $Text }
    return '"' + (($Text -replace '(\\*)"', '$1$1\"') -replace '(\\+)\z', '$1$1') + '"'
}

# Runs a program without a shell; its exit code, or $null when it took too long.
function Invoke-Program([string[]] $Run, [string] $Folder, [int] $Seconds) {
    if (-not $Programs.ContainsKey($Run[0])) { Stop-Here 'Policy' "the bundle wants to run $($Run[0])" 'show this to who built it' }
    # What an installer put there counts from now on.
    $env:Path = [System.Environment]::GetEnvironmentVariable('Path', 'Machine')
    $start = New-Object System.Diagnostics.ProcessStartInfo
    $start.FileName = & $Programs[$Run[0]]
    $start.Arguments = @($Run | Select-Object -Skip 1 | ForEach-Object { ConvertTo-Argument $_ }) -join ' '
    $start.WorkingDirectory = $Folder
    $start.UseShellExecute = $false
    $process = [System.Diagnostics.Process]::Start($start)
    $limit = -1
    if ($Seconds -gt 0) { $limit = 1000 * $Seconds }
    if ($process.WaitForExit($limit)) { return $process.ExitCode }
    $process.Kill()
    return $null
}

# Each gives the exit code that counts; $null where the time is over.
$StepKinds = @{
    'command' = { param($Step, $Folder) Invoke-Program $Step.run $Folder $Step.timeout }
    'wait' = {
        param($Step, $Folder)
        $end = (Get-Date).AddSeconds($Step.timeout)
        do {
            $code = Invoke-Program $Step.run $Folder $Step.timeout
            if ($code -ne 0) { Start-Sleep -Seconds 10 }
        } while ($code -ne 0 -and (Get-Date) -lt $end)
        $code
    }
}

# ERROR_SUCCESS_REBOOT_INITIATED and ERROR_SUCCESS_REBOOT_REQUIRED (MsiExec.exe error messages): done, and a reboot is needed.
$RebootCodes = 1641, 3010

function Get-StepText($Step) { return "$($Step.kind): $(@($Step.run) -join ' ')" }

# Does the steps that are not done yet; notes each before the next.
function Invoke-Steps($Steps, $State, [string] $StatePath, [string] $Folder) {
    for ($index = 0; $index -lt $Steps.Count; $index++) {
        if ($index -lt $State.done) { continue }
        $step = $Steps[$index]
        if (-not $StepKinds.ContainsKey($step.kind)) {
            Stop-Here 'Policy' "the bundle has a step that this script does not know: $($step.kind)" 'take install.ps1 of a newer release'
        }
        Write-Host "step $($index + 1) of $($Steps.Count)  $(Get-StepText $step)"
        $code = & $StepKinds[$step.kind] $step $Folder
        if ($null -eq $code) { $code = 'no end in time' }
        if ($code -ne 0 -and $RebootCodes -notcontains $code) {
            Stop-Here 'StepFailed' "step $($index + 1) failed ($code): $(Get-StepText $step)" "look at the lines above and at logs in $Folder, correct it, and run again: it goes on with this step"
        }
        $State.done = $index + 1
        Write-File $StatePath ($State | ConvertTo-Json)
        if ($RebootCodes -contains $code) {
            Stop-Here 'Reboot' "step $($index + 1) is done and needs a reboot" 'reboot this machine, and run the same command again: it goes on with the next step'
        }
    }
}

# ---- The run -----------------------------------------------------------------------------------------------------------------

function Test-Surroundings {
    $onWindows = ($PSVersionTable.PSVersion.Major -lt 6) -or (Get-Variable -Name IsWindows -ValueOnly)
    if (-not $onWindows) { Stop-Here 'Policy' 'this bundle is for Windows' 'take it to such a machine' }
    if (-not [System.Environment]::Is64BitProcess) { Stop-Here 'Usage' 'this is a 32-bit PowerShell' 'start the 64-bit Windows PowerShell' }
    if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
        Stop-Here 'Usage' 'PowerShell is in constrained language mode' 'have the administrators allow this script, signed by them'
    }
    if ($CheckOnly) { return }
    if ($PSVersionTable.PSVersion.Major -ne 5) {
        Stop-Here 'Usage' 'this installs in Windows PowerShell 5.1 only' 'start powershell.exe, or give -CheckOnly'
    }
    $me = New-Object System.Security.Principal.WindowsPrincipal ([System.Security.Principal.WindowsIdentity]::GetCurrent())
    if (-not $me.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)) {
        Stop-Here 'Usage' 'this needs an administrator' 'start Windows PowerShell with Run as administrator'
    }
}

function Test-Policy($Manifest, [string] $Root) {
    if ($Manifest.format -ne 1) { Stop-Here 'Policy' "the bundle has format $($Manifest.format), this script knows 1" 'take install.ps1 of a newer release' }
    $target = $Manifest.target
    if ($target.os -ne 'windows') { Stop-Here 'Policy' "the bundle is for $($target.os)" 'take the one for Windows' }
    $machine = @{ 'AMD64' = 'amd64'; 'ARM64' = 'arm64' }[$env:PROCESSOR_ARCHITECTURE]
    if ($machine -ne $target.arch) { Stop-Here 'Requirements' "the bundle is for $($target.arch), this machine is $machine" "take the bundle for $machine" }
    if (@($Manifest.critical).Count -gt 0) { Stop-Here 'Policy' "the bundle needs $($Manifest.critical -join ', '), which this script does not know" 'take install.ps1 of a newer release' }
    $now = [datetime]::UtcNow
    $expires = Get-Field $Manifest 'expires'
    if ($null -ne $expires -and (Get-Moment $expires) -lt $now) { Stop-Here 'Policy' "the bundle expired at $(Get-MomentText $expires)" 'get a newer bundle; if the clock is wrong, set it' }
    if ((Get-Moment $Manifest.created).AddDays(-1) -gt $now) {
        Stop-Here 'Requirements' "the clock says $(Get-MomentText $now), before this bundle was made" 'set the clock: certificates depend on it'
    }
    $old = Get-Receipt $Manifest
    if ($null -ne $old -and -not $AllowDowngrade) {
        $same = $old.bundle.sha256 -eq $Root
        if ($old.bundle.sequence -gt $Manifest.sequence -or ($old.bundle.sequence -eq $Manifest.sequence -and -not $same)) {
            Stop-Here 'Policy' "what was installed is newer: $($old.bundle.version), sequence $($old.bundle.sequence)" 'to go back on purpose, give -AllowDowngrade'
        }
    }
}

function Get-Receipt($Manifest) {
    $path = Join-Path $Home_ "receipts\$($Manifest.name).json"
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return $null }
    return [System.IO.File]::ReadAllText($path) | ConvertFrom-Json
}

function Select-Role($Manifest, [hashtable] $Given) {
    $names = @($Manifest.roles | ForEach-Object { $_.name })
    $asked = $Role
    if ($asked -eq '' -and $Given.ContainsKey('SEALIFT_ROLE')) { $asked = $Given['SEALIFT_ROLE'] }
    if ($asked -eq '' -and $names.Count -eq 1) { return $names[0] }
    if ($names -ccontains $asked) { return $asked }
    foreach ($one in $Manifest.roles) { [Console]::Error.WriteLine("install.ps1:   $($one.name): $($one.summary)") }
    Stop-Here 'Usage' 'choose one of the roles above' 'give -Role with it'
}

# Every file that SHA256SUMS names, where it lies: for -CheckOnly, and for what is not copied.
function Test-Files($Digests, [bool] $WithPayload) {
    $words = 'README.txt', 'report.html', 'sbom.cdx.json', 'sbom.spdx.json', 'provenance.json'
    foreach ($name in $Digests.Keys) {
        if ($name.StartsWith('payload/') -and -not $WithPayload) { continue }
        $file = Get-BundleFile $name
        if ($null -ne $file -and (Get-FileSha256 $file.FullName) -eq $Digests[$name]) { continue }
        if ($words -contains $name) { Write-Doubt "$name is not what was signed" 'it is only words for people; do not rely on them' } else { Stop-Damaged $name }
    }
}

# The payload in SHA256SUMS is that of the manifest, and nothing else.
function Test-Payload($Manifest, $Digests) {
    $count = @($Digests.Keys | Where-Object { $_.StartsWith('payload/') }).Count
    foreach ($entry in $Manifest.entries) {
        if ($entry.kind -eq 'directory') { continue }
        $count = $count - 1
        $name = 'payload/' + $entry.path
        if (-not $Digests.ContainsKey($name) -or $Digests[$name] -ne $entry.sha256) { Stop-Damaged $name }
        $place = Get-Field $entry 'destination'
        foreach ($path in $entry.path, "$place") {
            if ($path -match '(\A|/)\.{1,2}(/|\z)|\\|:|\A/') { Stop-Here 'Policy' "the bundle wants to lay $path" 'show this to who built it' }
        }
    }
    if ($count -ne 0) { Stop-Here 'Damaged' 'SHA256SUMS names files below payload/ that the manifest does not know' 'report this to who built the bundle' }
}

# Copies the role's files, and writes its templates with the values of this site.
function Copy-Payload($Entries, $Variables, [hashtable] $Found, [string] $Folder) {
    foreach ($entry in $Entries) {
        if ($entry.kind -eq 'directory') { [void] (New-Item -ItemType Directory -Path (Get-Target $entry $Folder) -Force); continue }
        if ($entry.kind -eq 'file') { Copy-Entry $entry $Folder; continue }
        $bytes = Read-BundleFile ('payload/' + $entry.path) 1048576
        if ($null -eq $bytes -or (Get-Hex (Get-Sha256 $bytes)) -ne $entry.sha256) { Stop-Damaged ('payload/' + $entry.path) }
        $target = Get-Target $entry $Folder
        [void] (New-Item -ItemType Directory -Path (Split-Path -Parent $target) -Force)
        $text = [System.Text.Encoding]::UTF8.GetString($bytes)
        Write-File $target (ConvertFrom-Template $text $Variables $Found $entry.format)
    }
}

function New-ReceiptText($Manifest, [string] $Root, [string] $RoleName, $Keys, $Entries, $Variables, [hashtable] $Found, $Steps) {
    $values = @{}
    foreach ($variable in $Variables) {
        if ($SecretTypes -notcontains $variable.type -and $Found.ContainsKey($variable.name)) { $values[$variable.name] = $Found[$variable.name] }
    }
    $files = @($Entries | Where-Object { $_.kind -eq 'file' } | ForEach-Object {
            $place = Get-Field $_ 'destination'
            if ($null -eq $place) { $place = $_.path }
            @{ kind = 'file'; path = $place; sha256 = $_.sha256; size = $_.size }
        })
    $receipt = @{
        format = 1
        bundle = @{ name = $Manifest.name; version = $Manifest.version; sequence = $Manifest.sequence; created = (Get-MomentText $Manifest.created); sha256 = $Root }
        target = $Manifest.target; role = $RoleName; installed = (Get-MomentText ([datetime]::UtcNow)); installer = 'install.ps1'
        keys = @($Keys); files = $files; images = @($Manifest.images); values = $values; warnings = @($Warnings)
        steps = @($Steps | ForEach-Object { Get-StepText $_ })
    }
    return $receipt | ConvertTo-Json -Depth 8
}

# The state of an installation of exactly this bundle and role that was begun before; a new one otherwise.
function Get-State([string] $Path, [string] $Root, [string] $RoleName) {
    if (Test-Path -LiteralPath $Path -PathType Leaf) {
        $state = [System.IO.File]::ReadAllText($Path) | ConvertFrom-Json
        if ($state.bundle -eq $Root -and $state.role -ceq $RoleName) { return $state }
    }
    return New-Object PSObject -Property @{ bundle = $Root; role = $RoleName; done = 0 }
}

function Confirm-Plan($Manifest, [string] $RoleName, $Entries, $Steps, $State, [string] $Folder) {
    Write-Host "$($Manifest.name) $($Manifest.version) ($($Manifest.target.profile) $($Manifest.target.version)) as $RoleName"
    Write-Host "files to $Folder"
    foreach ($entry in $Entries) { Write-Host "  $($entry.kind)  $(Get-Target $entry 'files')" }
    for ($index = 0; $index -lt $Steps.Count; $index++) {
        $mark = ' '
        if ($index -lt $State.done) { $mark = 'x' }
        Write-Host "  [$mark] $(Get-StepText $Steps[$index])"
    }
    Write-Host 'steps are not taken back: where one fails, correct what it says and run again'
    if ($WhatIf) { return $false }
    if ($Yes) { return $true }
    return (Read-Host 'do this? y or n') -match '\A[yY]'
}

function Install-Bundle {
    Test-Surroundings
    $sums = Read-BundleFile 'SHA256SUMS' 1048576
    if ($null -eq $sums) { Stop-Here 'NotTrusted' "cannot trust ${Bundle}: it has no SHA256SUMS" 'give the folder of one bundle with -Bundle' }
    $keys = Get-Vouchers $sums
    $root = Get-Hex (Get-Sha256 $sums)
    $digests = ConvertFrom-Sums $sums
    $manifest = Get-Manifest $digests
    Test-Policy $manifest $root
    Test-Payload $manifest $digests
    Write-Host "signed by $($keys -join ', ')"
    $given = Get-GivenValues $manifest
    $roleName = Select-Role $manifest $given
    $entries = @($manifest.entries | Where-Object { Test-Role $_ $roleName })
    $steps = @($manifest.steps | Where-Object { Test-Role $_ $roleName })
    $variables = @($manifest.variables | Where-Object { Test-Role $_ $roleName })
    $folder = Join-Path $Home_ "bundles\$($manifest.name)"
    $statePath = Join-Path $folder 'state.json'
    $state = Get-State $statePath $root $roleName
    foreach ($entry in $entries) { if ($entry.kind -ne 'directory') { $script:Needed += $entry.size } }
    Test-Files $digests ($CheckOnly -or $WhatIf)
    Test-Machine $manifest $roleName ($state.done -gt 0)
    if ($CheckOnly) { Write-Host 'good: this bundle can be installed here'; return }
    $found = Get-SiteValues $variables $given @($manifest.variables | ForEach-Object { $_.name })
    foreach ($variable in $variables) { if ($SecretTypes -notcontains $variable.type) { Write-Host "  $($variable.name) = $($found[$variable.name])" } }
    if (-not (Confirm-Plan $manifest $roleName $entries $steps $state $folder)) { Write-Host 'nothing was changed'; return }
    New-ClosedFolder $Home_
    foreach ($path in $folder, (Join-Path $folder 'files'), (Join-Path $Home_ 'receipts')) { New-ClosedFolder $path }
    $lock = Lock-Folder $folder
    try {
        Copy-Payload $entries $variables $found (Join-Path $folder 'files')
        Write-File $statePath ($state | ConvertTo-Json)
        Invoke-Steps $steps $state $statePath (Join-Path $folder 'files')
        $text = New-ReceiptText $manifest $root $roleName $keys $entries $variables $found $steps
        Write-File (Join-Path $Home_ "receipts\$($manifest.name).json") $text
        Remove-Secrets $entries $variables (Join-Path $folder 'files')
        Write-Host "done; the receipt is $(Join-Path $Home_ "receipts\$($manifest.name).json")"
    } finally { $lock.Dispose() }
}

function Lock-Folder([string] $Folder) {
    try { return [System.IO.File]::Open((Join-Path $Folder 'lock'), 'OpenOrCreate', 'ReadWrite', 'None') } catch {
        Stop-Here 'Busy' 'another run is at work' 'wait for its end'
    }
}

# What held secrets of this site is not needed any more.
function Remove-Secrets($Entries, $Variables, [string] $Folder) {
    $secrets = @($Variables | Where-Object { $SecretTypes -contains $_.type } | ForEach-Object { $_.name })
    foreach ($entry in $Entries) {
        if ($entry.kind -ne 'template') { continue }
        if (@($entry.variables | Where-Object { $secrets -ccontains $_ }).Count -gt 0) { Remove-Item -LiteralPath (Get-Target $entry $Folder) -Force }
    }
}

# Users cannot make or change anything in the folder of programs.
$Home_ = Join-Path ([System.Environment]::GetFolderPath('ProgramFiles')) 'sealift'
$Needed = 0
try {
    if (-not (Test-Path -LiteralPath $Bundle -PathType Container)) { Stop-Here 'InputOutput' "there is no folder $Bundle" 'give -Bundle' }
    $Bundle = (Resolve-Path -LiteralPath $Bundle).ProviderPath
    Install-Bundle
    exit $ExitCodes.Done
} catch {
    $code = $_.Exception.Data['code']
    if ($null -eq $code) {
        $code = 'Internal'
        if ($_.Exception -is [System.IO.IOException]) { $code = 'InputOutput' }
    }
    $kind = 'error'
    if ($code -eq 'Reboot') { $kind = 'note' }
    Write-Words $kind $_.Exception.Message $_.Exception.Data['next']
    exit $ExitCodes[$code]
}

# Starts Hourglass.exe --cli with pipes for what it prints, hands every byte of them on, and ends with its exit code. A program of the window kind writes
# into pipes, never into a console.

# As CommandLineToArgvW takes an argument apart again: quotes escaped, backslashes before a quote doubled.
function Protect([string] $Argument) {
  if ($Argument -ne '' -and $Argument -notmatch '[\s"]') { return $Argument }
  $escaped = $Argument -replace '(\\*)"', '$1$1\"' -replace '(\\+)$', '$1$1'
  return '"' + $escaped + '"'
}

$start = New-Object System.Diagnostics.ProcessStartInfo
$start.FileName = Join-Path (Split-Path -Parent $PSScriptRoot) 'Hourglass.exe'
$start.Arguments = (@('--cli') + $args | ForEach-Object { Protect $_ }) -join ' '
$start.WorkingDirectory = (Get-Location -PSProvider FileSystem).ProviderPath
$start.UseShellExecute = $false
$start.RedirectStandardOutput = $true
$start.RedirectStandardError = $true

$encoding = [Console]::OutputEncoding
# What is piped to a file is handed on as it is; a console is told which letters they are.
try { [Console]::OutputEncoding = [System.Text.Encoding]::UTF8 } catch { }
$program = [System.Diagnostics.Process]::Start($start)
try {
  $out = $program.StandardOutput.BaseStream.CopyToAsync([Console]::OpenStandardOutput())
  $err = $program.StandardError.BaseStream.CopyToAsync([Console]::OpenStandardError())
  # In pieces, so that Ctrl-C is heard.
  while (-not $program.WaitForExit(200)) { }
  [System.Threading.Tasks.Task]::WaitAll($out, $err)
}
finally {
  # It has no console of its own that Ctrl-C could reach it through.
  if (-not $program.HasExited) { $program.Kill() }
  try { [Console]::OutputEncoding = $encoding } catch { }
}
exit $program.ExitCode

@rem Hourglass in a console: its program is of the window kind and prints nothing there by itself (see hourglass.ps1).
@powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "%~dp0hourglass.ps1" %*
@exit /b %ERRORLEVEL%

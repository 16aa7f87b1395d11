@echo off
rem Starts signet, kubeseal, controller or sops: one program that acts by the name of this file.
rem SIGNET_JAVA_OPTS  more options for the JVM
setlocal DisableDelayedExpansion
set "program=%~n0"
set "home=%~dp0.."
set "JAVA="
if exist "%home%\runtime\bin\java.exe" set "JAVA=%home%\runtime\bin\java.exe"
if not defined JAVA if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined JAVA for %%j in (java.exe) do if not "%%~$PATH:j"=="" call :try "%%~dp$PATH:j.."
if not defined JAVA for %%p in ("Eclipse Adoptium" Java Microsoft Zulu "Amazon Corretto" BellSoft) do (
  for /d %%d in ("%ProgramFiles%\%%~p\*") do if not defined JAVA call :try "%%~d"
)
if not defined JAVA for /d %%d in ("%USERPROFILE%\.jdks\*") do if not defined JAVA call :try "%%~d"
if not defined JAVA (
  echo error: no JDK 25 or newer found>&2
  echo   looked at JAVA_HOME, java on the PATH and the usual install places>&2
  echo   install one ^(Eclipse Temurin 25^), or set JAVA_HOME to it>&2
  exit /b 1
)
"%JAVA%" -XX:+UseSerialGC -XX:CompileThresholdScaling=3 -XX:-UsePerfData -Xlog:disable -Xlog:all=warning:stderr ^
  -XX:-HeapDumpOnOutOfMemoryError -XX:-CreateCoredumpOnCrash -XX:+DisableAttachMechanism ^
  %SIGNET_JAVA_OPTS% -cp "%home%\lib\*" "-Dsignet.program=%program%" dev.signet.cli.Main %*
exit /b %ERRORLEVEL%

rem Sets JAVA when the folder holds a JDK 25 or newer, which says its version in the file `release`.
:try
if not exist "%~1\bin\java.exe" exit /b
if not exist "%~1\release" exit /b
set "major="
for /f "usebackq tokens=2 delims==." %%v in (`findstr /b "JAVA_VERSION=" "%~1\release"`) do set "major=%%~v"
if not defined major exit /b
set "major=%major:"=%"
if %major% GEQ 25 set "JAVA=%~1\bin\java.exe"
exit /b

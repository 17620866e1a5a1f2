@echo off
chcp 65001 >nul
cd /d "%~dp0"
set "PYTHON=python"
where py >nul 2>nul
if not errorlevel 1 set "PYTHON=py -3.11"
%PYTHON% install.py %*
if errorlevel 100 echo 这台电脑上找不到 Python 3.11。请先安装它，再双击“安装”。
pause

#!/bin/sh
[ -t 1 ] || exec x-terminal-emulator -e "$0"
cd "$(dirname "$0")" || exit
if command -v python3.11 >/dev/null; then
    python3.11 install.py "$@"
else
    echo '这台电脑上找不到 Python 3.11。请先安装它，再双击“安装”。'
fi
printf '按回车键关闭窗口。'
read -r _

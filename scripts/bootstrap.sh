#!/bin/sh
# Set up everything that napari-medal needs: system libraries, a virtual environment in .venv, torch, the project.
# Runs on a bare Debian 12 with python3 and nothing else; elsewhere it says what is missing. A second run is instant.
#
#   PYTHON=python3.12 scripts/bootstrap.sh      choose the interpreter
#   MEDAL_TORCH=cpu|cuda scripts/bootstrap.sh   choose torch instead of looking for a GPU
set -eu

cd "$(dirname "$0")/.."
venv="$PWD/.venv"
stamp="$venv/.napari-medal-ready"
torch_range="torch>=2.8"
# A CPU build that pip may know from its own configuration (an index or folder of the site); tried before PyTorch's.
torch_cpu="torch==2.13.0+cpu"
torch_cpu_index="https://download.pytorch.org/whl/cpu"

say() { printf '%s\n' "bootstrap: $*" >&2; }
fail() {
    printf '%s\n' "bootstrap: $*" >&2
    exit 1
}

# The folder's own path is part of the key: a virtual environment does not survive being moved.
key() { { pwd && cat pyproject.toml napari.yaml scripts/bootstrap.sh; } | cksum; }

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(key)" ] && [ -x "$venv/bin/python" ]; then
    exit 0
fi

# --- system libraries -----------------------------------------------------------------------------------------

has_library() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q "[[:space:]]$1 "; }
has_command() { command -v "$1" >/dev/null 2>&1; }
has_file() { for file in $1; do [ -e "$file" ] && return 0; done; return 1; }

# What Qt's xcb plugin, Mesa's software OpenGL and Xvfb need: Debian package, then what shows that it is there.
missing_packages() {
    while read -r package kind witness; do
        [ -n "$package" ] || continue
        case "$kind" in
        library) has_library "$witness" || echo "$package" ;;
        command) has_command "$witness" || echo "$package" ;;
        file) has_file "$witness" || echo "$package" ;;
        esac
    done <<LIST
xvfb command Xvfb
xauth command xauth
libgl1 library libGL.so.1
libegl1 library libEGL.so.1
libgl1-mesa-dri file /usr/lib/*/dri/swrast_dri.so
libglx-mesa0 library libGLX_mesa.so.0
libegl-mesa0 library libEGL_mesa.so.0
libglib2.0-0 library libglib-2.0.so.0
libfontconfig1 library libfontconfig.so.1
libdbus-1-3 library libdbus-1.so.3
libxkbcommon0 library libxkbcommon.so.0
libxkbcommon-x11-0 library libxkbcommon-x11.so.0
libxcb-cursor0 library libxcb-cursor.so.0
libxcb-icccm4 library libxcb-icccm.so.4
libxcb-image0 library libxcb-image.so.0
libxcb-keysyms1 library libxcb-keysyms.so.1
libxcb-randr0 library libxcb-randr.so.0
libxcb-render-util0 library libxcb-render-util.so.0
libxcb-shape0 library libxcb-shape.so.0
libxcb-xkb1 library libxcb-xkb.so.1
fonts-dejavu-core file /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
LIST
}

apt_updated=no
apt_install() {
    if [ "$apt_updated" = no ]; then
        apt-get update -qq >/dev/null || say "apt-get update failed; trying with the package lists that are here"
        apt_updated=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null ||
        fail "apt-get could not install: $*"
}
can_apt() { has_command apt-get && [ "$(id -u)" = 0 ]; }

install_system_libraries() {
    has_command apt-get || return 0 # not a Debian: Qt says itself what it lacks
    packages="$(missing_packages | tr '\n' ' ')"
    [ -n "$packages" ] || return 0
    if can_apt; then
        say "installing system libraries: $packages"
        # shellcheck disable=SC2086 # one word for each package
        apt_install $packages
    else
        say "the viewer and its tests need system libraries that are missing; as root:"
        say "  apt-get install --no-install-recommends $packages"
    fi
}

# --- virtual environment --------------------------------------------------------------------------------------

fits() {
    has_command "$1" && "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        fits "$PYTHON" || fail "PYTHON=$PYTHON is not a Python from 3.11 to 3.13."
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.11 python3.12 python3.13 python; do
        if fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Found no Python from 3.11 to 3.13 on PATH; install one or set PYTHON."
}

make_venv() {
    python="$(find_python)"
    if [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        return 0
    fi
    rm -rf "$venv"
    # Debian ships venv without ensurepip until python3.X-venv is there.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        can_apt || fail "$python cannot make virtual environments; as root: apt-get install $package"
        say "installing $package"
        apt_install "$package"
    fi
    say "making $venv with $("$python" --version)"
    "$python" -m venv "$venv"
}

pip_install() { "$venv/bin/python" -m pip install -qq --disable-pip-version-check "$@"; }

# --- torch ----------------------------------------------------------------------------------------------------

has_gpu() { has_command nvidia-smi && nvidia-smi -L 2>/dev/null | grep -q GPU; }

torch_version() {
    "$venv/bin/python" -c 'import importlib.metadata as m; print(m.version("torch"))' 2>/dev/null || true
}

choose_torch() {
    if [ -n "${MEDAL_TORCH:-}" ]; then
        echo "$MEDAL_TORCH"
    elif [ "$(uname -s)" != Linux ] || has_gpu; then
        echo cuda # on macOS and Windows the plain wheel is the right one: it carries no CUDA
    else
        echo cpu
    fi
}

install_torch() {
    kind="$(choose_torch)"
    installed="$(torch_version)"
    case "$kind:$installed" in
    cpu:*+cpu | cuda:[0-9]*) return 0 ;;
    cuda:*)
        say "installing torch"
        pip_install "$torch_range"
        ;;
    cpu:*)
        say "no NVIDIA GPU here: installing the CPU build of torch"
        pip_install "$torch_cpu" 2>/dev/null ||
            pip_install --index-url "$torch_cpu_index" "$torch_range" ||
            fail "No CPU build of torch could be had: pip's own configuration knows no $torch_cpu, and
  $torch_cpu_index did not answer. The default build would bring
  gigabytes of CUDA that this machine cannot use. Make one of the two reachable, or accept that build with
  MEDAL_TORCH=cuda $0"
        ;;
    *) fail "MEDAL_TORCH=$kind; wanted cpu or cuda." ;;
    esac
}

install_project() {
    say "installing napari-medal and its tools"
    # torch stays the build that was chosen above, whatever the resolver would like better.
    constraints="$venv/constraints.txt"
    echo "torch==$(torch_version)" >"$constraints"
    pip_install --constraint "$constraints" --group dev --editable '.[gui]'
}

rm -f "$stamp"
install_system_libraries
make_venv
pip_install --upgrade 'pip>=25.1'
install_torch
install_project
key >"$stamp"
say "ready: torch $(torch_version) in $venv"

# Fills apt's archive directory, so that installing the packages named after $1, the root, needs no download.
set -eu
root=$1
shift
chroot "$root" apt-get clean
chroot "$root" apt-get install -q --yes --no-install-recommends --download-only "$@"

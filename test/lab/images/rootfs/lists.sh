# Leaves in apt's lists what is installed in $1, the root, the packages named after it, and all that these depend on or
# recommend: of Debian's 63,000 packages a sixtieth. With all of them apt works for two to four seconds each time it is
# asked, and an emulated machine for a minute; the suites ask it hundreds of times.
set -eu
root=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chroot "$root" dpkg-query -W -f '${Package}\n' > "$work/kept"
chroot "$root" apt-cache depends --recurse --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  $(cat "$work/kept") "$@" > "$work/all"
grep '^[a-z0-9]' "$work/all" >> "$work/kept"
for list in "$root"/var/lib/apt/lists/*_Packages; do
  awk -v kept="$work/kept" '
    BEGIN { while ((getline name < kept) > 0) wanted[name] = 1; FS = "\n"; RS = ""; ORS = "\n\n" }
    { name = $1; sub(/^Package: /, "", name); if (name in wanted) print }
  ' "$list" > "$work/list"
  touch -r "$list" "$work/list"
  cat "$work/list" > "$list"
  touch -r "$work/list" "$list"
done
# Written anew, so that no host has to read the changed lists.
rm -f "$root"/var/cache/apt/*.bin
chroot "$root" apt-cache policy > /dev/null

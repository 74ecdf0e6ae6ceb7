# Fills apt's archive directory, so that installing the packages named after $1, the root, needs no download. They are
# packed anew without compression, as the lab unpacks each dozens of times, and apt's lists say so.
set -eu
root=$1
shift
chroot "$root" apt-get clean
chroot "$root" apt-get install -q --yes --no-install-recommends --download-only "$@"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for archive in "$root"/var/cache/apt/archives/*.deb; do
  rm -rf "$work/tree"
  dpkg-deb -R "$archive" "$work/tree"
  dpkg-deb -Znone -b "$work/tree" "$work/packed.deb" > /dev/null
  mv "$work/packed.deb" "$archive"
  dpkg-deb -f "$archive" Package Version Architecture | sed 's/^[^ ]* //' | paste -s -d ' '
  stat -c %s "$archive"
  sha256sum < "$archive" | cut -d ' ' -f 1
done | paste - - - > "$work/packed"
for list in "$root"/var/lib/apt/lists/*_Packages; do
  awk -v packed="$work/packed" '
    BEGIN { FS = "\t"; while ((getline < packed) > 0) { size[$1] = $2; sum[$1] = $3 }; FS = "\n"; RS = ""; ORS = "\n\n" }
    {
      id = field("Package") " " field("Version") " " field("Architecture")
      if (id in size) { put("Size", size[id]); put("SHA256", sum[id]); gsub(/\nMD5sum: [^\n]*/, "") }
      print
    }
    function field(name) { return match("\n" $0, "\n" name ": [^\n]*") ? substr("\n" $0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : "" }
    function put(name, value) { sub("\n" name ": [^\n]*", "\n" name ": " value) }
  ' "$list" > "$work/list"
  touch -r "$list" "$work/list"
  cat "$work/list" > "$list"
  touch -r "$work/list" "$list"
done

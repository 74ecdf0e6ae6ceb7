import { type Sh, sh } from '../../sh.js';

/**
 * Script that gives the empty `$temp` the ACL and the extended attributes of `$path`, and closes it to all others
 * until it has its mode. An ACL that the folder hands down goes. Where no tool can do it, the script ends: the mask
 * of an ACL stands where the mode has the bits of the group, and would be made theirs.
 */
export const takeAccess: Sh = sh`if [ -z "$new$in_place" ]; then
  has_acl() { long=$(ls -ldL "$1"); case \${long%% *} in *+) echo yes ;; esac; }
  lost=$(cp --attributes-only --preserve=mode,xattr "$path" "$temp" 2>&1) || case $lost in
    *'setting attribute'*security.selinux*) ;;
    *'setting attribute'*) refuse "$path has extended attributes that its successor cannot be given (\${lost#*: })" '' ;;
    *) { getfacl -p "$path" | setfacl --set-file=- "$temp"; } 2>/dev/null ;; esac
  [ "$(has_acl "$path")" = "$(has_acl "$temp")" ] || {
    remedy='Install the package acl on this host, which keeps it'
    refuse "$path or its folder has an ACL, and there is no tool to keep it" ''; }
  chmod 0600 "$temp" || exit
fi`;

/** Script that gives `$temp` what changes of content and owner took from it: the capabilities of a program. */
export const takeExtended: Sh = sh`if [ -z "$new" ] && [ "$(id -u)" = 0 ]; then cp --attributes-only --preserve=xattr "$path" "$temp" 2>/dev/null; fi`;

# Makes a Red Hat-like system of a bare Debian one: its names, its package manager, and a repository of packages that
# carry Debian's binaries under that family's names, paths, units and stock files. $1 is el7 or el9. Runs inside.
set -eu
release=$1
here=$(cd "$(dirname "$0")" && pwd)
repository=/usr/share/lab-repository
export DEBIAN_FRONTEND=noninteractive PATH="$here:$PATH"

apt-get update -qq
apt-get install -qq --yes --no-install-recommends dnf rpm createrepo-c >/dev/null

case $release in
el7) packages='centos-release iptables docker docker-distribution python-docker-py nfs-utils skopeo containers-common firewalld' ;;
el9) packages='centos-release iptables docker-distribution nfs-utils skopeo containers-common podman firewalld' ;;
esac
mkdir -p "$repository"
for name in $packages; do
  rpmbuild --quiet -bb --target x86_64 --define "$release 1" --define "dist .$release" --define "here $here" \
    --define '_topdir /build/rpm' --define "_rpmdir $repository" --define '_binary_payload w1.zstdio' \
    --define '__os_install_post %{nil}' --define 'debug_package %{nil}' --define '_build_id_links none' \
    --define '_missing_build_ids_terminate_build 0' "$here/specs/$name.spec"
done
createrepo_c -q "$repository"
sh "$here/dress.sh" "$release" "$here" "$repository"

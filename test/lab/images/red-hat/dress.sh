# Gives a system the names of its release: what it calls itself, its accounts, its package manager. $1 release, $2 the
# folder of the sources, $3 the repository.
set -eu
release=$1 here=$2 repository=$3

rm -f /etc/debian_version /etc/os-release /usr/lib/os-release
mkdir -p /etc/rpm /etc/sysconfig /usr/libexec /etc/yum.repos.d
case $release in
el7)
  groupmod -n nobody -g 99 nogroup
  usermod -u 99 -g 99 nobody
  ;;
el9) groupmod -n nobody nogroup ;;
esac
sed -i '/nobody/d; /nogroup/d' /usr/lib/sysusers.d/*.conf # else they are back with the next boot

printf '%s\n' '%_dbpath /var/lib/rpm' >/etc/rpm/macros
rm -rf /root/.rpmdb
rpm --initdb
cat >/etc/yum.repos.d/lab.repo <<REPO
[base]
name=packages of the lab
baseurl=file://$repository
gpgcheck=0
metadata_expire=never
REPO
if [ "$release" = el7 ]; then
  mv /usr/bin/dnf-3 /usr/libexec/yum-by-dnf
  rm /usr/bin/dnf
  install -m 755 "$here/yum" /usr/bin/yum
else
  ln -s dnf /usr/bin/yum
fi
yum -q -y install system-release
install -m 755 "$here/service" /usr/sbin/service

# Nothing of Debian's is to be called by mistake.
rm -rf /var/cache/apt /var/lib/apt/lists /etc/apt
rm -f /usr/bin/apt /usr/bin/apt-* /usr/bin/dpkg /usr/bin/dpkg-* /usr/sbin/update-rc.d

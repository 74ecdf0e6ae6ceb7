# Users, sshd and apt of a lab host. $1 is the root of the new file system, $2 a directory of the machine's own settings.
set -eu
root=$1
settings=$2

# Debian comes with a group named operator.
user() {
  chroot "$root" groupadd --force "$1"
  chroot "$root" useradd --create-home --shell /bin/bash --gid "$1" "$1"
}
user operator
user clerk
user guest
echo 'clerk:lab-password' | chroot "$root" chpasswd
printf '%s\n' 'operator ALL=(ALL:ALL) NOPASSWD: ALL' 'clerk ALL=(ALL:ALL) ALL' > "$root/etc/sudoers.d/lab"
chmod 440 "$root/etc/sudoers.d/lab"

# The host key and authorized_keys are laid in when a host is made.
rm -f "$root"/etc/ssh/ssh_host_*
cat > "$root/etc/ssh/sshd_config.d/lab.conf" <<'CONF'
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/authorized_keys .ssh/authorized_keys
MaxStartups 500
CONF

# Nobody reads the message of the day: at each login it would start three processes.
rm -f "$root"/etc/update-motd.d/*

# systemd runs its generators at every reload: an emulated machine takes a second for those that find nothing here, and
# a container as much of a processor as for a dozen processes.
mkdir -p "$root/etc/systemd/system-generators"
for name in cryptsetup debug getty gpt-auto hibernate-resume integritysetup rc-local run system-update veritysetup; do
  ln -s /dev/null "$root/etc/systemd/system-generators/systemd-$name-generator"
done

# What is downloaded stays; nothing is fetched that was not asked for.
cat > "$root/etc/apt/apt.conf.d/90lab" <<'CONF'
APT::Keep-Downloaded-Packages "true";
Binary::apt::APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
CONF
cat "$settings/apt.conf" >> "$root/etc/apt/apt.conf.d/90lab"
echo force-unsafe-io > "$root/etc/dpkg/dpkg.cfg.d/lab"

# Certificate authorities that this machine trusts beyond the common ones (a proxy's).
for certificate in /usr/local/share/ca-certificates/*.crt; do
  [ -e "$certificate" ] || continue
  cp "$certificate" "$root/usr/local/share/ca-certificates/"
done
chroot "$root" update-ca-certificates > /dev/null

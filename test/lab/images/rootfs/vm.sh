# What a virtual machine needs beyond a container: a link, its host's keys, the lab's names. $1 root, $2 keys, $3 name, $4 hosts.
set -eu
root=$1
cp "$2"/* "$root/etc/ssh/"
echo "$3" > "$root/etc/hostname"
printf '%s\n' '127.0.0.1 localhost' "127.0.1.1 $3" "$4" > "$root/etc/hosts"
# The addresses are those that qemu's NAT always has.
cat > "$root/etc/systemd/network/eth0.network" <<'CONF'
[Match]
Name=eth0
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
CONF
echo 'nameserver 10.0.2.3' > "$root/etc/resolv.conf"
chroot "$root" systemctl enable systemd-networkd
chroot "$root" systemctl mask systemd-networkd-wait-online e2scrub_reap apt-daily.timer apt-daily-upgrade.timer
printf '%s\n' virtio_pci virtio_blk ext4 > "$root/etc/initramfs-tools/modules"
sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=lz4/' "$root/etc/initramfs-tools/initramfs.conf"
chroot "$root" update-initramfs -u

# Makes of a Red Hat-like host what OpenStack's installer leaves of an undercloud, as far as images are concerned:
# user stack with stackrc, a package and units of its profile, a registry at 8787 of the address given.
set -e
address=$1
id stack >/dev/null 2>&1 || useradd -m stack
echo 'stack ALL=(root) NOPASSWD:ALL' >/etc/sudoers.d/stack
chmod 0440 /etc/sudoers.d/stack
cat >/home/stack/stackrc <<END
export OS_AUTH_TYPE=password
export OS_PASSWORD=undercloud-password
export OS_AUTH_URL=http://$address:5000/
export OS_USERNAME=admin
END
printf '[DEFAULT]\nlocal_ip = %s/24\n' "$address" >/home/stack/undercloud.conf
chown -R stack:stack /home/stack
chmod 0600 /home/stack/stackrc

if ! rpm -q instack-undercloud >/dev/null 2>&1; then
  build=$(mktemp -d)
  cat >"$build/x.spec" <<END
Name: instack-undercloud
Version: 8.4.9
Release: 1.el7
Summary: Installs an undercloud
License: ASL 2.0
BuildArch: noarch
%description
Installs an undercloud.
%files
END
  rpmbuild --quiet --define "_topdir $build" -bb "$build/x.spec"
  rpm -i --nodeps "$build"/RPMS/noarch/*.rpm
  rm -r "$build"
fi

for name in glance-api heat-engine ironic-conductor nova-api zaqar@; do
  cat >"/etc/systemd/system/openstack-$name.service" <<END
[Unit]
Description=OpenStack $name
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
END
done
systemctl daemon-reload
systemctl enable --now openstack-glance-api openstack-nova-api

yum install -y -q docker-distribution >/dev/null 2>&1
cat >/etc/docker-distribution/registry/config.yml <<END
# Managed by Puppet
version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    layerinfo: inmemory
  filesystem:
    rootdirectory: /var/lib/registry
  delete:
    enabled: true
http:
  addr: $address:8787
END
systemctl enable docker-distribution
systemctl restart docker-distribution

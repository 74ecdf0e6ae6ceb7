const openstack = [
  'aodh-{api,evaluator,listener,notifier}',
  'ceilometer-{central,compute,notification}',
  'cinder-{api,scheduler,volume}',
  'cron',
  'glance-api',
  'gnocchi-{api,metricd,statsd}',
  'haproxy',
  'heat-{api-cfn,api,engine}',
  'horizon',
  'iscsid',
  'keystone',
  'mariadb',
  'memcached',
  'neutron-{dhcp-agent,l3-agent,metadata-agent,openvswitch-agent,server}',
  'nova-{api,compute,conductor,consoleauth,libvirt,novncproxy,placement-api,scheduler}',
  'panko-api',
  'rabbitmq',
  'redis',
  'swift-{account,container,object,proxy-server}',
];

/** The services of the OpenStack release whose images upstream holds, as `rhosp13/openstack-NAME`. */
export const services: { name: string; family: string }[] = openstack.flatMap((pattern) => {
  const [family = pattern, members] = pattern.split(/-?\{(.*)\}/);
  if (members === undefined) return [{ name: pattern, family: pattern.replace(/-api$/, '') }];
  return members.split(',').map((member) => ({ name: `${family}-${member}`, family }));
});

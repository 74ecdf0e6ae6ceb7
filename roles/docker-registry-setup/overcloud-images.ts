/** The images of an OpenStack overcloud, as the older role listed them: names without namespace, prefix and tag. */
export const overcloudImages: readonly string[] = [
  ...['aodh-api', 'aodh-evaluator', 'aodh-listener', 'aodh-notifier'],
  ...['ceilometer-central', 'ceilometer-compute', 'ceilometer-notification'],
  ...['cinder-api', 'cinder-scheduler', 'cinder-volume'],
  ...['cron', 'glance-api', 'gnocchi-api', 'gnocchi-metricd', 'gnocchi-statsd', 'haproxy'],
  ...['heat-api-cfn', 'heat-api', 'heat-engine', 'horizon', 'iscsid', 'keystone', 'mariadb', 'memcached'],
  ...[
    'neutron-dhcp-agent',
    'neutron-l3-agent',
    'neutron-metadata-agent',
    'neutron-openvswitch-agent',
    'neutron-server',
  ],
  ...['nova-api', 'nova-compute', 'nova-conductor', 'nova-consoleauth', 'nova-libvirt', 'nova-novncproxy'],
  ...['nova-placement-api', 'nova-scheduler', 'panko-api', 'rabbitmq', 'redis'],
  ...['swift-account', 'swift-container', 'swift-object', 'swift-proxy-server'],
];

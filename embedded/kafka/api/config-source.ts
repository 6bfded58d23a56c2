/** Where a config value comes from, as numbered in DescribeConfigs and CreateTopics. */
export const ConfigSource = { DYNAMIC_TOPIC: 1, STATIC_BROKER: 4, DEFAULT: 5 } as const

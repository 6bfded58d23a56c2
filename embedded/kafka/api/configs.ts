/** DescribeConfigs, AlterConfigs and IncrementalAlterConfigs: of topics, and of brokers to read. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  AlterConfigsRequest,
  AlterConfigsResponseInput,
  DescribeConfigsRequest,
  DescribeConfigsResource,
  DescribeConfigsResourceResultInput,
  DescribeConfigsResponseInput,
  DescribeConfigsResultInput,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { Refusal } from '../cluster.js'
import { TOPIC_CONFIGS, configProblem } from '../topic-config.js'
import type { ConfigType } from '../topic-config.js'
import type { Topic } from '../topic.js'
import { brokerConfigs } from './broker-configs.js'
import { ConfigSource } from './config-source.js'
import type { Handler, RequestContext } from './route.js'

const ResourceType = { TOPIC: 2, BROKER: 4 } as const
const TYPE_NUMBER: Readonly<Record<ConfigType, number>> = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 }
const Operation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
}

const unknownTopic: Refusal = {
  errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  message: 'This server does not host this topic-partition.',
}

export const describeConfigs: Handler<DescribeConfigsRequest, DescribeConfigsResponseInput> = (request, context) => ({
  throttleTimeMs: 0,
  results: request.resources.map((resource) => describe(resource, request, context)),
})

const describe = (
  resource: DescribeConfigsResource,
  request: DescribeConfigsRequest,
  context: RequestContext,
): DescribeConfigsResultInput => {
  const { resourceType, resourceName, configurationKeys } = resource
  const result = (refusal: Refusal | null, configs: readonly DescribeConfigsResourceResultInput[]) => ({
    errorCode: refusal?.errorCode ?? ErrorCode.NONE,
    errorMessage: refusal?.message ?? null,
    resourceType,
    resourceName,
    configs:
      configurationKeys === null || configurationKeys.length === 0
        ? configs
        : configs.filter((config) => configurationKeys.includes(config.name)),
  })
  if (resourceType === ResourceType.TOPIC) {
    const topic = context.cluster.topic(resourceName)
    return topic === undefined ? result(unknownTopic, []) : result(null, describeTopic(topic, request, context))
  }
  if (resourceType === ResourceType.BROKER) {
    const id = resourceName === '' ? context.node.id : Number(resourceName)
    return result(null, describeBroker(id, context))
  }
  return result({ errorCode: ErrorCode.INVALID_REQUEST, message: `Unexpected resource type ${resourceType}` }, [])
}

/** DescribeConfigs has types since version 3. */
const typeOf = (type: ConfigType, { apiVersion }: RequestContext): { readonly configType?: number } =>
  apiVersion >= 3 ? { configType: TYPE_NUMBER[type] } : {}

const describeTopic = (
  topic: Topic,
  { includeSynonyms }: DescribeConfigsRequest,
  context: RequestContext,
): DescribeConfigsResourceResultInput[] =>
  [...TOPIC_CONFIGS].map(([name, definition]) => {
    const override = topic.config.overrides.get(name)
    const fallback = { name, value: definition.default, source: ConfigSource.DEFAULT }
    const own = override === undefined ? [] : [{ name, value: override, source: ConfigSource.DYNAMIC_TOPIC }]
    return {
      name,
      value: override ?? definition.default,
      readOnly: false,
      configSource: override === undefined ? ConfigSource.DEFAULT : ConfigSource.DYNAMIC_TOPIC,
      isSensitive: false,
      synonyms: includeSynonyms ? [...own, fallback] : [],
      ...typeOf(definition.type, context),
    }
  })

const describeBroker = (nodeId: number, context: RequestContext): DescribeConfigsResourceResultInput[] =>
  brokerConfigs(context.cluster, nodeId).map(({ name, value, type }) => ({
    name,
    value,
    readOnly: true,
    configSource: ConfigSource.STATIC_BROKER,
    isSensitive: false,
    synonyms: [],
    ...typeOf(type, context),
  }))

/** Validates and, unless asked not to, sets all configs of a topic. */
const apply = (
  { resourceType, resourceName }: Resource,
  change: (topic: Topic) => Map<string, string> | Refusal,
  validateOnly: boolean,
  context: RequestContext,
): Refusal | null => {
  const injected = context.injectedError(resourceName)
  if (injected !== 0) return { errorCode: injected, message: 'Injected fault.' }
  if (resourceType !== ResourceType.TOPIC) {
    return { errorCode: ErrorCode.INVALID_REQUEST, message: 'Only the configs of topics can be altered here.' }
  }
  const topic = context.cluster.topic(resourceName)
  if (topic === undefined) return unknownTopic
  const values = change(topic)
  if (!(values instanceof Map)) return values
  for (const [name, value] of values) {
    const problem = configProblem(name, value)
    if (problem !== null) return { errorCode: ErrorCode.INVALID_CONFIG, message: problem }
  }
  if (!validateOnly) context.cluster.setConfig(topic, values)
  return null
}

const answer = ({ resourceType, resourceName }: Resource, refusal: Refusal | null) => ({
  errorCode: refusal?.errorCode ?? ErrorCode.NONE,
  errorMessage: refusal?.message ?? null,
  resourceType,
  resourceName,
})

/** The old form: what is not named returns to its default. */
export const alterConfigs: Handler<AlterConfigsRequest, AlterConfigsResponseInput> = (request, context) => ({
  throttleTimeMs: 0,
  responses: request.resources.map((resource) => {
    const values = new Map(
      resource.configs.flatMap(({ name, value }): [string, string][] => (value === null ? [] : [[name, value]])),
    )
    return answer(
      resource,
      apply(resource, () => values, request.validateOnly, context),
    )
  }),
})

type IncrementalResource = IncrementalAlterConfigsRequest['resources'][number]

export const incrementalAlterConfigs: Handler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponseInput> = (
  request,
  context,
) => ({
  throttleTimeMs: 0,
  responses: request.resources.map((resource) =>
    answer(
      resource,
      apply(resource, (topic) => incrementalChange(topic, resource), request.validateOnly, context),
    ),
  ),
})

const incrementalChange = (topic: Topic, { configs }: IncrementalResource): Map<string, string> | Refusal => {
  const values = new Map(topic.config.overrides)
  for (const { name, configOperation, value } of configs) {
    const current = topic.config.list(name)
    const given = (value ?? '').split(',')
    const isList = TOPIC_CONFIGS.get(name)?.type === 'list'
    if (configOperation === Operation.SET && value !== null) values.set(name, value)
    else if (configOperation === Operation.DELETE) values.delete(name)
    else if (configOperation === Operation.APPEND && isList) {
      values.set(name, [...current, ...given.filter((one) => !current.includes(one))].join(','))
    } else if (configOperation === Operation.SUBTRACT && isList) {
      values.set(name, current.filter((one) => !given.includes(one)).join(','))
    } else {
      return {
        errorCode: ErrorCode.INVALID_CONFIG,
        message: `Can't apply operation ${configOperation} to config key ${name} of topic ${topic.name}`,
      }
    }
  }
  return values
}

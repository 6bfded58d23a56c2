/** Whether the topics are there, with the partitions and settings that the pipelines rely on, and may be used. */
import type { GeneratedPipeline, Manifest } from '../../runtime/abi/index.js'
import { checkCoPartitioning, CoPartitioningError } from '../../runtime/executor/co-partitioning.js'
import { operationsOn } from '../../runtime/executor/topology.js'
import { grantCommand, type TopicOperation } from '../../runtime/kafka/authorization-error.js'
import type { KafkaClient } from '../../runtime/kafka/client.js'
import { api, ErrorCode } from '../../runtime/kafka/protocol/index.js'
import { internalTopicsOf, neededExternal, neededInternal, type NeededTopic } from '../topics/needed-topics.js'
import { missingOperations, topicOperations } from './authorized-operations.js'
import { failed, ok, warning, type Finding } from './finding.js'

const topicResource = 2

export async function checkTopics(
  client: KafkaClient,
  pipelines: readonly GeneratedPipeline[],
): Promise<readonly Finding[]> {
  const manifests = pipelines.map(({ manifest }) => manifest)
  const names = [
    ...neededExternal(manifests, new Map(), undefined).map(({ topic }) => topic),
    ...manifests.flatMap(internalTopicsOf).map(({ topic }) => topic),
  ]
  const topics = await topicsWithOperations(client, names)
  const found = new Map(
    [...topics].flatMap(([topic, { partitions }]) => (partitions === undefined ? [] : [[topic, partitions]])),
  )
  const refused = new Set([...topics].filter(([, { refused }]) => refused).map(([topic]) => topic))
  const needed = [...neededExternal(manifests, found, undefined), ...neededInternal(manifests, found, undefined)]
  const wanted = (topic: string): readonly TopicOperation[] => [
    ...new Set(manifests.flatMap((manifest) => operationsOn(manifest, topic))),
  ]
  const grant: Grant = (topic, operations) =>
    grantCommand(client.transport.principal, { operations, resource: 'topic', name: topic })
  const findings = needed.map((each) =>
    refused.has(each.topic)
      ? failed(
          'permissions',
          `we may not even see topic ${each.topic}, if it exists`,
          grant(each.topic, wanted(each.topic)),
        )
      : presence(each),
  )
  const known = needed.filter(({ found: partitions }) => partitions !== undefined)
  return [
    ...findings,
    ...known.flatMap(({ topic, kind }) =>
      permissions(topic, kind, wanted(topic), topics.get(topic)?.operations, grant),
    ),
    ...purging(manifests, topics, grant),
    ...manifests.flatMap((manifest) => coPartitioning(manifest, found)),
    ...(await settings(
      client,
      known.filter(({ kind }) => kind === 'internal'),
      grant,
    )),
  ]
}

interface SeenTopic {
  readonly partitions: number | undefined
  readonly refused: boolean
  readonly operations: number
}

async function topicsWithOperations(
  client: KafkaClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, SeenTopic>> {
  const { topics } = await client.request(
    client.controller,
    'control',
    api.Metadata,
    {
      topics: names.map((name) => ({ name })),
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: true,
    },
    { minVersion: 8, maxVersion: 12 },
  )
  return new Map(
    topics.map(({ name, errorCode, partitions, topicAuthorizedOperations }) => [
      name ?? '',
      {
        partitions: errorCode === ErrorCode.NONE ? partitions.length : undefined,
        refused: errorCode === ErrorCode.TOPIC_AUTHORIZATION_FAILED,
        operations: topicAuthorizedOperations,
      },
    ]),
  )
}

function presence({ topic, kind, found, partitions }: NeededTopic): Finding {
  if (found === undefined) {
    // The application creates its own at its start.
    return kind === 'internal'
      ? warning(
          'topics',
          `internal topic ${topic} does not exist yet`,
          'the application creates it; or millrace topics',
        )
      : failed(
          'topics',
          `${kind} topic ${topic} does not exist`,
          `create it: millrace topics, or millrace topics --print`,
        )
  }
  if (kind === 'internal' && found !== partitions) {
    return failed(
      'topics',
      `internal topic ${topic} has ${found} partitions, the pipeline wants ${partitions ?? 0}`,
      'stop the application and delete the topic to build it anew, or set the number back',
    )
  }
  return ok('topics', `${kind} topic ${topic} has ${found} ${found === 1 ? 'partition' : 'partitions'}`)
}

type Grant = (topic: string, operations: readonly string[]) => string

function permissions(
  topic: string,
  kind: NeededTopic['kind'],
  wanted: readonly TopicOperation[],
  operations: number | undefined,
  grant: Grant,
): readonly Finding[] {
  // It is there: nobody needs to create it.
  const using = wanted.filter((operation) => operation !== 'Create')
  const missing = missingOperations(operations, using, topicOperations)
  return missing.length === 0
    ? []
    : [failed('permissions', `we may not ${missing.join(' and ')} ${kind} topic ${topic}`, grant(topic, missing))]
}

/** Repartition topics are emptied of what is done. */
function purging(
  manifests: readonly Manifest[],
  topics: ReadonlyMap<string, SeenTopic>,
  grant: Grant,
): readonly Finding[] {
  return manifests
    .flatMap(({ internalTopics }) => internalTopics)
    .filter(({ topic }) => missingOperations(topics.get(topic)?.operations, ['Delete'], topicOperations).length > 0)
    .map(({ topic }) =>
      warning(
        'permissions',
        `we may not Delete records of internal topic ${topic}: it grows for ever`,
        grant(topic, ['Delete']),
      ),
    )
}

function coPartitioning(manifest: Manifest, found: ReadonlyMap<string, number>): readonly Finding[] {
  const groups = manifest.coPartitioned ?? []
  // What is missing is told of already.
  if (groups.length === 0 || groups.some(({ topics }) => topics.some((topic) => !found.has(topic)))) return []
  try {
    checkCoPartitioning(manifest, (topic) => found.get(topic))
    return [ok('topics', `${manifest.pipeline}: topics that are joined or merged have the same partitions`)]
  } catch (error) {
    if (!(error instanceof CoPartitioningError)) throw error
    const [what, ...fix] = error.message.split(': ')
    return [failed('topics', `${manifest.pipeline}: ${what ?? ''}`, fix.join(': '))]
  }
}

async function settings(
  client: KafkaClient,
  internal: readonly NeededTopic[],
  grant: Grant,
): Promise<readonly Finding[]> {
  if (internal.length === 0) return []
  const wanted = new Map(internal.map(({ topic, config }) => [topic, config]))
  const { results } = await client.request(client.controller, 'control', api.DescribeConfigs, {
    resources: internal.map(({ topic, config }) => ({
      resourceType: topicResource,
      resourceName: topic,
      configurationKeys: Object.keys(config),
    })),
  })
  return results.flatMap(({ resourceName, errorCode, configs }) => {
    if (errorCode !== ErrorCode.NONE) {
      return warning(
        'permissions',
        `the settings of ${resourceName} are not ours to see`,
        grant(resourceName, ['DescribeConfigs']),
      )
    }
    const has = new Map(configs.map(({ name, value }) => [name, value]))
    return Object.entries(wanted.get(resourceName) ?? {}).flatMap(([name, value]) =>
      has.get(name) === value
        ? []
        : failed(
            'topics',
            `internal topic ${resourceName} has ${name}=${has.get(name) ?? ''}, the pipeline wants ${value}: records may be lost`,
            `kafka-configs.sh --bootstrap-server … --alter --topic ${resourceName} --add-config ${name}=[${value}]`,
          ),
    )
  })
}

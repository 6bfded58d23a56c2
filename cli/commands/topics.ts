/** `millrace topics [pipeline]`: creates the topics that are missing, or prints how to. Needs no compiler. */
import { pathToFileURL } from 'node:url'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { withApplicationId } from '../../runtime/executor/with-application-id.js'
import { describeTopics, createTopics } from '../../runtime/kafka/admin.js'
import type { KafkaClient } from '../../runtime/kafka/client.js'
import { loadPipeline } from '../../runtime/load-pipeline.js'
import { command } from '../command.js'
import { compiledModule, compiledModules } from '../compiled-modules.js'
import { loadProject } from '../config-file.js'
import { count } from '../count.js'
import { ExitCode } from '../exit-code.js'
import { commandRetries, withKafka } from '../kafka/connect.js'
import { creationCommand } from '../topics/creation-command.js'
import {
  internalTopicsOf,
  neededExternal,
  neededInternal,
  type FoundPartitions,
  type NeededTopic,
} from '../topics/needed-topics.js'
import { UsageError } from '../usage-error.js'

export default command({
  args: {
    pipeline: { type: 'positional', required: false, description: 'Compiled pipeline (default: all of the project)' },
    print: { type: 'boolean', description: 'Create nothing; print commands of kafka-topics.sh for what is missing' },
    partitions: {
      type: 'string',
      valueHint: 'n',
      description: 'Partitions of missing inputs and outputs (default: as the brokers are set)',
    },
    replication: { type: 'string', valueHint: 'n', description: 'Replicas of each (default: as the brokers are set)' },
  },
  async run({ terminal, cwd, configFile }, args) {
    const project = await loadProject(cwd, configFile)
    const partitions = atLeastOne(args.partitions, '--partitions')
    const replication = atLeastOne(args.replication, '--replication')
    const modules = args.pipeline === undefined ? compiledModules(project) : [compiledModule(project, args.pipeline)]
    const pipelines = await Promise.all(modules.map((module) => loadPipeline(pathToFileURL(module))))
    const manifests = pipelines.map((pipeline) => underItsId(pipeline).manifest)
    return await withKafka(project, async (client) => {
      const names = neededExternal(manifests, new Map(), undefined).map(({ topic }) => topic)
      const internalNames = manifests.flatMap(internalTopicsOf).map(({ topic }) => topic)
      let found = await partitionsOf(client, [...names, ...internalNames])
      const external = neededExternal(manifests, found, partitions)
      if (args.print === true) requirePartitions(external, internalNames, partitions)
      else {
        await create(client, external, replication)
        // How many partitions the brokers gave to new inputs decides how many internal topics get.
        found = await partitionsOf(client, [...names, ...internalNames])
      }
      const internal = neededInternal(manifests, found, partitions)
      if (args.print !== true) await create(client, internal, replication)

      const needed = [...external, ...internal]
      const missing = needed.filter((each) => each.found === undefined)
      const wrong = internal.filter((each) => each.found !== undefined && each.found !== each.partitions)
      const brokers = project.config.kafka.brokers ?? []
      const commands = args.print === true ? missing.map((each) => creationCommand(each, brokers, replication)) : []
      for (const line of commands) terminal.print(line)
      if (args.print !== true) {
        for (const { topic, kind } of missing) terminal.success(`created ${topic} (${kind})`)
      }
      for (const { topic, found: has, partitions: wants } of wrong) {
        terminal.error(
          `internal topic ${topic} has ${has ?? 0} partitions, the pipeline wants ${wants ?? 0}`,
          'stop the application and delete the topic to build it anew, or set the number back',
        )
      }
      if (missing.length === 0) terminal.note(`${count(needed.length, 'topic')} needed, none is missing`)
      terminal.data({
        created: args.print === true ? [] : missing.map(({ topic }) => topic),
        commands,
        topics: needed,
      })
      return wrong.length === 0 ? ExitCode.Ok : ExitCode.Failed
    })
  },
})

/** As `millrace run` would run it: the environment may give it another application id. */
function underItsId(pipeline: GeneratedPipeline): GeneratedPipeline {
  const applicationId = process.env['MILLRACE_APPLICATION_ID'] ?? ''
  return applicationId === '' ? pipeline : withApplicationId(pipeline, applicationId)
}

async function partitionsOf(client: KafkaClient, topics: readonly string[]): Promise<FoundPartitions> {
  const found = await describeTopics(client, topics, commandRetries)
  return new Map([...found].map(([topic, info]) => [topic, info.partitions.length]))
}

async function create(client: KafkaClient, needed: readonly NeededTopic[], replication: number | undefined) {
  const missing = needed.filter(({ found }) => found === undefined)
  await createTopics(
    client,
    missing.map(({ topic, partitions, config }) => ({
      topic,
      config,
      partitions: partitions ?? -1,
      ...(replication === undefined ? {} : { replicationFactor: replication }),
    })),
    commandRetries,
  )
}

/** Nobody can know yet how many partitions the brokers will give to an input that is missing. */
function requirePartitions(
  external: readonly NeededTopic[],
  internal: readonly string[],
  partitions: number | undefined,
): void {
  const unknown = external.find(({ kind, found }) => kind === 'input' && found === undefined)
  if (unknown === undefined || internal.length === 0 || partitions !== undefined) return
  throw new UsageError(
    `the partitions of internal topics follow from input ${unknown.topic}, which does not exist yet`,
    'say with --partitions how many it will have',
  )
}

function atLeastOne(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`${option} ${text} is no number above 0`)
  return Number(text)
}

/** `millrace doctor`: looks at all that the compiled pipelines need from their surroundings; writes nothing. */
import { pathToFileURL } from 'node:url'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { readSettings, connectionOptions, registryOptions } from '../../runtime/config.js'
import { withApplicationId } from '../../runtime/executor/with-application-id.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { loadPipeline } from '../../runtime/load-pipeline.js'
import { appSettings } from '../app-settings.js'
import { command } from '../command.js'
import { compiledModule, compiledModules } from '../compiled-modules.js'
import { loadProject, type Project } from '../config-file.js'
import { count } from '../count.js'
import { checkAddresses, checkNodes } from '../doctor/check-brokers.js'
import { checkClock } from '../doctor/check-clock.js'
import { checkGroup } from '../doctor/check-group.js'
import { checkRegistry } from '../doctor/check-registry.js'
import { checkTransactions } from '../doctor/check-transactions.js'
import { checkTopics } from '../doctor/check-topics.js'
import { failed, messageOf, type Finding } from '../doctor/finding.js'
import { ExitCode } from '../exit-code.js'
import { withKafka } from '../kafka/connect.js'
import type { Terminal } from '../terminal.js'

export default command({
  args: {
    pipeline: { type: 'positional', required: false, description: 'Compiled pipeline (default: all of the project)' },
  },
  async run({ terminal, cwd, configFile }, args) {
    const project = await loadProject(cwd, configFile)
    const modules = args.pipeline === undefined ? compiledModules(project) : [compiledModule(project, args.pipeline)]
    const loaded = await Promise.all(modules.map((module) => loadPipeline(pathToFileURL(module))))
    const pipelines = loaded.map(underItsId)
    const findings = await terminal.progress('looking', async (update) => {
      update('brokers')
      const kafka = await aboutKafka(project, pipelines, update)
      update('registry')
      return [...kafka, ...(await checkRegistry(project)), ...(await aboutClock(project))]
    })
    for (const finding of findings) tell(terminal, finding)
    const failures = findings.filter(({ status }) => status === 'failed')
    terminal.data({ ok: failures.length === 0, findings })
    if (failures.length > 0) terminal.say(count(failures.length, 'problem'))
    return failures.length === 0 ? ExitCode.Ok : ExitCode.Failed
  },
})

async function aboutKafka(
  project: Project,
  pipelines: readonly GeneratedPipeline[],
  update: (detail: string) => void,
): Promise<readonly Finding[]> {
  return await withKafka(project, async (client) => {
    const options = {
      ...connectionOptions(readSettings(appSettings(project), {}), 'millrace-cli'),
      connectionTimeoutMs: 5000,
    }
    const addresses = await checkAddresses(
      project.config.kafka.brokers ?? [],
      (address) =>
        new KafkaClient(new KafkajsTransport({ ...options, brokers: [address] }), { requestTimeoutMs: 5000 }),
    )
    if (addresses.every(({ status }) => status === 'failed')) return addresses
    try {
      await client.refresh([])
      const nodes = await checkNodes(client)
      // An old broker, or one that we do not reach, makes of every further request an error that says less.
      if (nodes.some(({ status }) => status === 'failed')) return [...addresses, ...nodes]
      update('topics')
      const topics = await checkTopics(client, pipelines)
      update('groups')
      const ids = new Set(pipelines.map(({ manifest }) => manifest.applicationId))
      const groups = await Promise.all([...ids].map((id) => checkGroup(client, id)))
      const isExact = readSettings(appSettings(project), {}).guarantee === 'exactly_once'
      const transactions = isExact ? await Promise.all([...ids].map((id) => checkTransactions(client, id))) : []
      return [...addresses, ...nodes, ...topics, ...groups, ...transactions]
    } catch (error) {
      return [...addresses, failed('brokers', messageOf(error), 'see the logs of the brokers')]
    }
  })
}

async function aboutClock(project: Project): Promise<readonly Finding[]> {
  const { url } = project.config.registry
  if (url === undefined) return []
  const ca = registryOptions(readSettings(appSettings(project), {}))?.ca
  return await checkClock(url, ca)
}

/** As `millrace run` would run it: the environment may give it another application id. */
function underItsId(pipeline: GeneratedPipeline): GeneratedPipeline {
  const applicationId = process.env['MILLRACE_APPLICATION_ID'] ?? ''
  return applicationId === '' ? pipeline : withApplicationId(pipeline, applicationId)
}

function tell(terminal: Terminal, { status, message, fix }: Finding): void {
  if (status === 'ok') terminal.success(message)
  else if (status === 'failed') terminal.error(message, fix)
  else {
    terminal.warn(message)
    if (fix !== undefined) terminal.say(`help: ${fix}`)
  }
}

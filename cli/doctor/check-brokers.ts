/** Whether each broker answers us, at its configured and at its advertised address, and is new enough. */
import type { KafkaClient } from '../../runtime/kafka/client.js'
import { api } from '../../runtime/kafka/protocol/index.js'
import type { ApiVersions, NodeId } from '../../runtime/kafka/transport/transport.js'
import { AuthenticationError } from '../../runtime/kafka/transport/transport-error.js'
import { count } from '../count.js'
import { failed, messageOf, ok, type Finding } from './finding.js'

/** What came with Kafka 2.5 (KIP-447): offsets of a group in a transaction, fenced by the group's generation. */
const since25 = [
  { ...named(api.TxnOffsetCommit), version: 3 },
  { ...named(api.OffsetFetch), version: 7 },
] as const

/** A client for one address alone: of several, a transport would take the first that answers. */
export type ConnectTo = (address: string) => KafkaClient

export async function checkAddresses(addresses: readonly string[], connectTo: ConnectTo): Promise<readonly Finding[]> {
  return Promise.all(
    addresses.map(async (address) => {
      const client = connectTo(address)
      try {
        await client.refresh([])
        return ok('brokers', `${address} answers`)
      } catch (error) {
        return failed('brokers', messageOf(error), fixOf(error))
      } finally {
        await client.close()
      }
    }),
  )
}

/** Wants metadata. */
export async function checkNodes(client: KafkaClient): Promise<readonly Finding[]> {
  const findings = await Promise.all(client.nodes.map((node) => checkNode(client, node)))
  return [...findings, ok('brokers', `the cluster has ${count(client.nodes.length, 'broker')}`)]
}

async function checkNode(client: KafkaClient, node: NodeId): Promise<Finding> {
  let versions: ApiVersions
  try {
    versions = await client.transport.versions(node, 'control')
  } catch (error) {
    return failed(
      'brokers',
      `broker ${node} does not answer at the address that it advertises: ${messageOf(error)}`,
      'advertised.listeners of the broker must name an address that this machine reaches, and that its certificate names',
    )
  }
  return versionFinding(node, versions)
}

export function versionFinding(node: NodeId, versions: ApiVersions): Finding {
  const old = since25.find(({ key, version }) => (versions.get(key)?.maxVersion ?? -1) < version)
  if (old === undefined) return ok('brokers', `broker ${node} offers what Kafka 2.5 and later offer`)
  const has = versions.get(old.key)
  return failed(
    'brokers',
    `broker ${node} is older than Kafka 2.5: ${old.name} ${has === undefined ? 'is missing' : `ends at version ${has.maxVersion}`}, ${old.version} is needed`,
    'run brokers from Kafka 2.5 on',
  )
}

function fixOf(error: unknown): string {
  if (error instanceof AuthenticationError) return error.help
  return 'check that the broker runs, kafka.brokers or MILLRACE_BROKERS, firewalls, and whether its listener wants kafka.ssl'
}

function named({ key, name }: { readonly key: number; readonly name: string }): { key: number; name: string } {
  return { key, name }
}

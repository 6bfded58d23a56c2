/** Whether the consumer group of an application can be used, and in which state it is. */
import { grantCommand } from '../../runtime/kafka/authorization-error.js'
import { atCoordinator } from '../../runtime/kafka/retry.js'
import type { KafkaClient } from '../../runtime/kafka/client.js'
import { api, ErrorCode, KafkaProtocolError } from '../../runtime/kafka/protocol/index.js'
import { count } from '../count.js'
import { commandRetries } from '../kafka/connect.js'
import { missingOperations, topicOperations } from './authorized-operations.js'
import { failed, messageOf, ok, warning, type Finding } from './finding.js'

export async function checkGroup(client: KafkaClient, group: string): Promise<Finding> {
  const grant = grantCommand(client.transport.principal, { operations: ['Read'], resource: 'group', name: group })
  try {
    const { groups } = await atCoordinator(client, 'group', group, commandRetries, (node) =>
      client.request(
        node,
        'control',
        api.DescribeGroups,
        { groups: [group], includeAuthorizedOperations: true },
        { minVersion: 3, maxVersion: 5 },
      ),
    )
    const [found] = groups
    if (found === undefined) return failed('group', `the coordinator does not answer for group ${group}`, 'try again')
    if (found.errorCode !== ErrorCode.NONE) throw new KafkaProtocolError(found.errorCode, `group ${group}`)
    if (missingOperations(found.authorizedOperations, ['Read'], topicOperations).length > 0) {
      return failed('permissions', `we may not join group ${group}`, grant)
    }
    if (found.protocolType !== '' && found.protocolType !== 'consumer') {
      return failed('group', `group ${group} is used as ${found.protocolType}`, 'give the pipeline another id')
    }
    if (found.groupState === 'Dead' || found.groupState === '') return ok('group', `group ${group} is new`)
    const state = `group ${group} is ${found.groupState}, ${count(found.members.length, 'member')}`
    return found.groupState === 'PreparingRebalance' || found.groupState === 'CompletingRebalance'
      ? warning('group', state, 'ask again; when it stays so, a member does not answer')
      : ok('group', state)
  } catch (error) {
    const refused = error instanceof KafkaProtocolError && error.code === ErrorCode.GROUP_AUTHORIZATION_FAILED
    return refused
      ? failed('permissions', `we may not join group ${group}`, grant)
      : failed('group', messageOf(error), 'see the logs of the brokers about __consumer_offsets')
  }
}

/** Whether the application may use its transactional ids. */
import { AuthorizationError, grantCommand } from '../../runtime/kafka/authorization-error.js'
import type { KafkaClient } from '../../runtime/kafka/client.js'
import { retry } from '../../runtime/kafka/retry.js'
import { commandRetries } from '../kafka/connect.js'
import { failed, messageOf, ok, type Finding } from './finding.js'

/** Brokers do not tell what we may do with an id; who may not even see it is refused its coordinator. */
export async function checkTransactions(client: KafkaClient, applicationId: string): Promise<Finding> {
  const access = { operations: ['Write'], resource: 'transactional-id', name: applicationId, isPrefix: true } as const
  try {
    await retry(() => client.coordinator('transaction', `${applicationId}-doctor`), commandRetries)
    return ok('permissions', `transactional ids that begin with ${applicationId} are ours to see`)
  } catch (error) {
    return error instanceof AuthorizationError
      ? failed(
          'permissions',
          `we may not use transactional ids that begin with ${applicationId}`,
          grantCommand(client.transport.principal, access),
        )
      : failed('brokers', messageOf(error), 'see the logs of the brokers about __transaction_state')
  }
}

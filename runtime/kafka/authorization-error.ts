/**
 * A broker says that we may not do something. That is for people to mend, and they can while we run: it is waited for, and
 * the message has the command that mends it.
 */
import { ErrorCode, KafkaProtocolError } from './protocol/index.js'

export type TopicOperation = 'Read' | 'Write' | 'Create' | 'Delete' | 'Describe'

/** What a request touches; the code of the answer says which of it is refused. */
export interface Touched {
  readonly topic?: string
  /** On the topic. Default: Read. */
  readonly operations?: readonly TopicOperation[]
  readonly group?: string
  readonly transactionalId?: string
}

/** What an ACL grants. */
export interface Access {
  readonly operations: readonly string[]
  readonly resource: 'topic' | 'group' | 'transactional-id' | 'cluster'
  /** Of the cluster: none. */
  readonly name: string
  readonly isPrefix?: boolean
}

export class AuthorizationError extends KafkaProtocolError {
  override readonly name = 'AuthorizationError'
  override readonly retriable = true

  /** `principal`: who we are as an ACL names it, if that is known. */
  constructor(
    code: number,
    where: string,
    principal: string | undefined,
    readonly accesses: readonly Access[],
  ) {
    const what = accesses.map((access) => `${access.operations.join(' and ')} ${access.resource} ${access.name}`.trim())
    const help = accesses.map((access) => grantCommand(principal, access)).join(' && ')
    super(code, where, `we may not ${what.join(', nor ')}; help: ${help}`)
  }
}

export const grantCommand = (
  principal: string | undefined,
  { operations, resource, name, isPrefix = false }: Access,
): string => {
  const flags = operations.map((operation) => `--operation ${operation}`).join(' ')
  const on = resource === 'cluster' ? '--cluster' : `--${resource} '${name}'`
  const pattern = isPrefix ? ' --resource-pattern-type prefixed' : ''
  return `kafka-acls.sh --bootstrap-server … --add --allow-principal '${principal ?? 'User:…'}' ${flags} ${on}${pattern}`
}

/** The error of a code in an answer. */
export const brokerError = (
  code: number,
  where: string,
  principal: string | undefined,
  touched: Touched,
  brokerMessage?: string | null,
): KafkaProtocolError => {
  const access = refused(code, touched)
  return access === undefined
    ? new KafkaProtocolError(code, where, brokerMessage)
    : new AuthorizationError(code, where, principal, [access])
}

/** Undefined when the code is no refusal. */
const refused = (code: number, touched: Touched): Access | undefined => {
  switch (code) {
    case ErrorCode.TOPIC_AUTHORIZATION_FAILED:
      return { operations: touched.operations ?? ['Read'], resource: 'topic', name: touched.topic ?? '…' }
    case ErrorCode.GROUP_AUTHORIZATION_FAILED:
      return { operations: ['Read'], resource: 'group', name: touched.group ?? '…' }
    case ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return transactionalIdAccess(touched.transactionalId ?? '…')
    case ErrorCode.CLUSTER_AUTHORIZATION_FAILED:
      // Of all that we ask for, only producer ids are the cluster's.
      return { operations: ['IdempotentWrite'], resource: 'cluster', name: '' }
    default:
      return undefined
  }
}

const OF_PROCESS = /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+$/

/** Each process has ids of its own: what they begin with goes into an ACL. */
const transactionalIdAccess = (id: string): Access => ({
  operations: ['Write'],
  resource: 'transactional-id',
  name: id.replace(OF_PROCESS, ''),
  isPrefix: OF_PROCESS.test(id),
})

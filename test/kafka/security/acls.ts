/** ACLs as the administrator gives and takes them. */
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { withAdmin } from '../../runtime/support/topics.js'

export interface Grant {
  readonly principal: string
  readonly operation: string
  readonly resource: string
  readonly name: string
  readonly isPrefix: boolean
}

const COMMAND =
  /kafka-acls\.sh --bootstrap-server \S+ --add --allow-principal '([^']+)'((?: --operation \w+)+) --(?:(cluster)|(topic|group|transactional-id) '([^']*)')( --resource-pattern-type prefixed)?/g

/** What the commands in a text grant. */
export const grantsIn = (text: string): Grant[] =>
  [...text.matchAll(COMMAND)].flatMap(([, principal = '', operations = '', cluster, resource, name = '', prefixed]) =>
    operations
      .split(' --operation ')
      .slice(1)
      .map((operation) => ({
        principal,
        operation,
        resource: cluster ?? resource ?? '',
        name: cluster === undefined ? name : 'kafka-cluster',
        isPrefix: prefixed !== undefined,
      })),
  )

const RESOURCES: Readonly<Record<string, AclResourceTypes>> = {
  topic: AclResourceTypes.TOPIC,
  group: AclResourceTypes.GROUP,
  'transactional-id': AclResourceTypes.TRANSACTIONAL_ID,
  cluster: AclResourceTypes.CLUSTER,
}

const OPERATIONS: Readonly<Record<string, AclOperationTypes>> = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Delete: AclOperationTypes.DELETE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  IdempotentWrite: AclOperationTypes.IDEMPOTENT_WRITE,
}

const aclOf = ({ principal, operation, resource, name, isPrefix }: Grant) => ({
  resourceType: RESOURCES[resource] ?? AclResourceTypes.UNKNOWN,
  resourceName: name,
  resourcePatternType: isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
  principal,
  host: '*',
  operation: OPERATIONS[operation] ?? AclOperationTypes.UNKNOWN,
  permissionType: AclPermissionTypes.ALLOW,
})

export const give = (bootstrap: string, grants: readonly Grant[]): Promise<void> =>
  withAdmin(bootstrap, async (admin) => {
    if (grants.length > 0) await admin.createAcls({ acl: grants.map(aclOf) })
  })

export const take = (bootstrap: string, grant: Grant): Promise<void> =>
  withAdmin(bootstrap, async (admin) => {
    await admin.deleteAcls({ filters: [aclOf(grant)] })
  })

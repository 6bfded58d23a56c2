/** DescribeAcls, CreateAcls and DeleteAcls, as a broker without an authorizer answers them. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  CreateAclsRequest,
  CreateAclsResponseInput,
  DeleteAclsRequest,
  DeleteAclsResponseInput,
  DescribeAclsRequest,
  DescribeAclsResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { Handler } from './route.js'

const DISABLED = {
  errorCode: ErrorCode.SECURITY_DISABLED,
  errorMessage: 'No Authorizer is configured.',
}

export const describeAcls: Handler<DescribeAclsRequest, DescribeAclsResponseInput> = () => ({
  throttleTimeMs: 0,
  ...DISABLED,
  resources: [],
})

export const createAcls: Handler<CreateAclsRequest, CreateAclsResponseInput> = (request) => ({
  throttleTimeMs: 0,
  results: request.creations.map(() => DISABLED),
})

export const deleteAcls: Handler<DeleteAclsRequest, DeleteAclsResponseInput> = (request) => ({
  throttleTimeMs: 0,
  filterResults: request.filters.map(() => ({ ...DISABLED, matchingAcls: [] })),
})

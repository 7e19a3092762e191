import { StorageError } from '../store/storage_error.js';

/** Whether an error is a `StorageError` for that reason, or the error of a compute that one caused. */
export const reason = (wanted) => (error) => [error, error.cause].some((each) => each instanceof StorageError && each.reason === wanted);

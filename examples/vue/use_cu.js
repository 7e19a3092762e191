import { WorkerCu } from 'cu/worker';
import { onMounted, onUnmounted, shallowRef } from 'vue';

/**
 * An instance over the home `name` of this browser, for as long as the component is there. References are shallow: an instance is no data.
 * @returns {{ cu: import('vue').ShallowRef<WorkerCu | undefined>, error: import('vue').ShallowRef<Error | undefined> }}
 */
export function useCu(name) {
  const cu = shallowRef();
  const error = shallowRef();
  let opening;
  let isMounted = true;
  onMounted(() => {
    opening = WorkerCu.create({ store: { indexeddb: name } });
    opening.then((made) => { if (isMounted) cu.value = made; }, (problem) => { error.value = problem; });
  });
  onUnmounted(() => {
    isMounted = false;
    cu.value = undefined;
    // Also one that is still being opened.
    opening?.then((made) => made.close(), () => {});
  });
  return { cu, error };
}

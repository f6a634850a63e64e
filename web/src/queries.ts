//! The one query cache. Records refresh by events, not by polling or by focusing the window.

import { QueryClient } from "@tanstack/react-query";
import { FhirError } from "./fhir/errors";

const WORTH_RETRYING = new Set(["network", "server"]);

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      staleTime: 30_000,
      retry: (failed, cause) => failed < 1 && cause instanceof FhirError && WORTH_RETRYING.has(cause.trouble),
      retryDelay: 800,
    },
  },
});

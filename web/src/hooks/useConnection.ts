import { useSyncExternalStore } from "react";
import { connection } from "../graphql/connection";

/** The state of the socket. */
export const useConnection = () => useSyncExternalStore(connection.listen, connection.get);

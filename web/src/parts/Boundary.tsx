//! Keeps a fault of one page from blanking the house: says so, and offers to load the page anew.
//! After an upgrade of the server old chunks are gone; loading anew mends that as well.

import { Component, type ReactNode } from "react";
import { Failure } from "./states";

interface BoundaryProps {
  /** Another place is another chance: when this changes the fault is forgotten. */
  place: string;
  children: ReactNode;
}

interface Fault {
  cause?: unknown;
  place: string;
}

export class Boundary extends Component<BoundaryProps, Fault> {
  override state: Fault = { place: this.props.place };

  static getDerivedStateFromError(cause: unknown): Partial<Fault> {
    return { cause };
  }

  static getDerivedStateFromProps(props: BoundaryProps, state: Fault): Partial<Fault> | null {
    return props.place === state.place ? null : { place: props.place, cause: undefined };
  }

  override render(): ReactNode {
    if (this.state.cause === undefined) return this.props.children;
    return <Failure cause={this.state.cause} retry={() => window.location.reload()} big />;
  }
}

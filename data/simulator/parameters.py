"""All parameters of the simulated port, with their meaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """The world's parameters. Shares are of the expected boxes, rates are probabilities per box."""

    # Who trades. Counts are for 60,000 boxes and grow with boxes ** growth.
    growth: float = 0.7
    packers: int = 250
    shippers: int = 1500
    forwarders: int = 150
    declarants: int = 100
    consignees: int = 3000
    domestic_share: float = 0.65  # boxes of Chinese shippers (export); the rest is foreign (import, transit)

    # Firms that come and go.
    newcomer_share: float = 0.15  # shippers that open during the span
    leaver_share: float = 0.12  # shippers that close during the span
    reborn_share: float = 0.35  # schemers that close and come back under a new name and id
    reborn_honest_share: float = 0.02  # honest firms renamed, so that a new name is no tell
    kept_phone_share: float = 0.6  # reborn firms that keep the shipper's telephone, and its office
    kept_address_share: float = 0.6

    # How shippers are written on the papers.
    address_share: float = 0.8  # boxes that give the shipper's address; its telephone likewise
    shared_phone_share: float = 0.08  # Chinese shippers that give an agent's telephone
    alias_share: float = 0.05  # boxes that name the shipper in another spelling and without id

    # Packers' habits.
    sloppy_packer_share: float = 0.06  # badly packed whatever the goods
    sloppy_packing_rate: float = 0.13
    kind_packer_share: float = 0.14  # badly packed for one group of classes only
    kind_packing_rate: float = 0.46
    sound_packing_rate: float = 0.016
    packer_change_share: float = 0.1  # bad packers that turn good, and as many good that turn bad, at some date

    # False declarations on purpose.
    schemer_share: float = 0.048
    scheme_rate: float = 0.15  # of a schemer's boxes when freight is at its mean
    freight_pull: float = 0.8  # log-odds of a scheme per standard deviation of the freight index
    dear_region_pull: float = 0.7  # log-odds of a scheme on the scheme's own route
    cover_share: float = 0.9  # boxes in a scheme that declare cover goods
    honest_cover_share: float = 0.3  # honest boxes of a schemer that declare the same goods, truly

    # False declarations by carelessness.
    slip_rate: float = 0.01
    blind_share: float = 0.03  # of the boxes, on forwarder and route pairs where nobody looks
    blind_rate: float = 0.08

    # The new scheme.
    late_start: float = 0.75  # of the span
    late_share: float = 0.006  # shippers in it
    late_rate: float = 0.2

    # Papers.
    clumsy_share: float = 0.15
    papers_rate: float = 0.028
    clumsy_papers_rate: float = 0.13
    fault_rate: float = 0.02  # boxes with a clerical fault in the declaration, and those of clumsy shippers
    clumsy_fault_rate: float = 0.1

    # Past inspections.
    random_share: float = 0.015
    tip_rate: float = 0.1  # of the boxes in a scheme; honest boxes get a fortieth of it
    papers_random_share: float = 0.04
    corrected_share: float = 0.02
    pending_share: float = 0.03

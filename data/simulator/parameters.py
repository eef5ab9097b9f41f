"""The parameters of the simulated port, with their meaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """Parameters of `simulate`. Shares are of the expected boxes, rates are probabilities per box."""

    # Parties. Counts are for 60,000 boxes and are multiplied by (boxes / 60,000) ** growth.
    growth: float = 0.7
    packers: int = 250
    shippers: int = 1500
    forwarders: int = 150
    declarants: int = 100
    consignees: int = 3000
    domestic_share: float = 0.65  # boxes of Chinese shippers (export); the rest is foreign (import, transit)

    # Firms that open, close or re-register.
    newcomer_share: float = 0.15  # shippers that open during the span
    leaver_share: float = 0.12  # shippers that close during the span
    reregistered_share: float = 0.35  # fraudulent shippers that re-register under a new name and id
    reregistered_honest_share: float = 0.02  # honest shippers that re-register, so a new name is no proof
    kept_phone_share: float = 0.6  # re-registered firms that keep the telephone
    kept_address_share: float = 0.6  # re-registered firms that keep the address

    # Shippers on the papers.
    address_share: float = 0.8  # boxes with the shipper's address; the same share has its telephone
    shared_phone_share: float = 0.08  # Chinese shippers that give an agent's telephone
    alias_share: float = 0.05  # boxes that name the shipper in another spelling and without id

    # Packers.
    sloppy_packer_share: float = 0.06  # packers that pack all goods badly
    sloppy_packing_rate: float = 0.13
    kind_packer_share: float = 0.14  # packers that pack one group of classes badly
    kind_packing_rate: float = 0.46
    sound_packing_rate: float = 0.016
    packer_change_share: float = 0.1  # bad packers that improve, and as many good ones that worsen, on some day

    # False declarations on purpose.
    fraudulent_share: float = 0.048
    fraud_rate: float = 0.15  # boxes of a fraudulent shipper, at the mean of the freight index
    freight_effect: float = 0.8  # log-odds of fraud per standard deviation of the freight index
    target_region_effect: float = 0.7  # log-odds of fraud on routes to the target region of the pattern
    cover_share: float = 0.9  # fraudulent boxes that are declared as cover goods
    honest_cover_share: float = 0.3  # honest boxes of a fraudulent shipper that contain cover goods

    # False declarations by carelessness.
    careless_rate: float = 0.01
    careless_route_share: float = 0.03  # boxes on pairs of forwarder and region with much carelessness
    careless_route_rate: float = 0.08

    # The late fraud pattern.
    late_start: float = 0.75  # share of the span before it begins
    late_share: float = 0.006  # shippers that use it
    late_rate: float = 0.2

    # Papers.
    clumsy_share: float = 0.15
    papers_rate: float = 0.028
    clumsy_papers_rate: float = 0.13
    fault_rate: float = 0.02  # boxes with a clerical fault in the declaration
    clumsy_fault_rate: float = 0.1  # the same for clumsy shippers

    # Past inspections.
    random_share: float = 0.015
    tip_rate: float = 0.1  # tips per fraudulent box; a fortieth of it per other box
    papers_random_share: float = 0.04
    corrected_share: float = 0.02
    pending_share: float = 0.03

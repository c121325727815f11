"""A team's code as it is sent: what a bundle must hold, how one is made, checked and unpacked."""

surplus
